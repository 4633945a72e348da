/**
 * `node bin/run.cjs <entry.ts> [args]` runs main.ts or a file below lib/ or bench/ as one bundle, with
 * the code V8 made of it. Both are kept in node_modules/.cache: to translate and load some 300 files
 * anew takes four times as long as a whole synth.
 *
 * They are kept under a hash of all they are made of. Whatever changes, what is old is not found.
 */
'use strict';
const { createHash } = require('node:crypto');
const { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } = require('node:fs');
const { createRequire, SourceMap } = require('node:module');
const { basename, join, resolve } = require('node:path');
const { Script } = require('node:vm');

const root = resolve(__dirname, '..');
const cache = join(root, 'node_modules/.cache/wireguard-endpoint');
const entry = resolve(process.argv[2] ?? '');
const bundle = join(cache, `${basename(entry, '.ts')}-${hashOfSources()}.js`);

function hashOfSources() {
  const sources = ['bench', 'bin', 'imports', 'lib'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name)),
  );
  // What npm wrote last says which packages are installed.
  const installed = join(root, 'node_modules/.package-lock.json');
  const hash = createHash('sha256').update(process.version);
  for (const file of [...sources.sort(), installed, join(root, 'tsconfig.json'), entry]) {
    hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

function run() {
  const compiled = existsSync(`${bundle}.code`) ? readFileSync(`${bundle}.code`) : undefined;
  const script = new Script(readFileSync(bundle, 'utf8'), {
    filename: bundle,
    cachedData: compiled,
  });
  if (!compiled || script.cachedDataRejected) {
    // At the end, when it holds the functions that were called.
    process.on('exit', () => {
      writeFileSync(`${bundle}.code.${process.pid}`, script.createCachedData());
      renameSync(`${bundle}.code.${process.pid}`, `${bundle}.code`);
    });
  }
  Error.prepareStackTrace = stackInSources;
  process.argv.splice(1, 2, entry);
  script.runInThisContext()({}, createRequire(bundle), {});
}

let map;

/** A defect's stack names our files and their lines, not those of the bundle. */
function stackInSources(error, frames) {
  map ??= new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, 'utf8')));
  const lines = frames.map((frame) => {
    if (frame.getFileName() !== bundle) return String(frame);
    const origin = map.findOrigin(frame.getLineNumber(), frame.getColumnNumber());
    const place = `${resolve(cache, origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}`;
    return `${frame.getFunctionName() ?? '<anonymous>'} (${place})`;
  });
  return [String(error), ...lines].join('\n    at ');
}

if (existsSync(bundle)) run();
else require('./bundle.cjs').bundle(entry, bundle).then(run);
