/**
 * `node bin/run.cjs <entry.ts> [args]` runs main.ts or a file below lib/ or bench/ as one bundle, with
 * the code V8 made of it. Both are kept in node_modules/.cache: to translate and load some 300 files
 * anew takes four times as long as a whole synth.
 *
 * They are kept under a hash of all they are made of. Whatever changes, what is old is not found.
 * Where nothing can be kept, each run makes its own.
 */
'use strict';
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { createRequire, SourceMap } = require('node:module');
const { tmpdir } = require('node:os');
const { basename, dirname, join, resolve } = require('node:path');
const { Script } = require('node:vm');

const root = resolve(__dirname, '..');
const cache = join(root, 'node_modules/.cache/wireguard-endpoint');
const entry = resolve(process.argv[2] ?? '');

function hashOfSources() {
  const sources = ['bench', 'bin', 'imports', 'lib'].flatMap((folder) =>
    fs
      .readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name)),
  );
  // What npm wrote last says which packages are installed.
  const installed = join(root, 'node_modules/.package-lock.json');
  const hash = createHash('sha256').update(process.version);
  for (const file of [...sources.sort(), installed, join(root, 'tsconfig.json'), entry]) {
    hash.update(`\0${file}\0`).update(fs.readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function main() {
  if (!fs.statSync(entry, { throwIfNoEntry: false })?.isFile()) {
    console.error(
      `${process.argv[2] ?? 'no entry'}: give a TypeScript file: bin/run.cjs <entry.ts>`,
    );
    process.exitCode = 1;
    return;
  }
  const bundle = join(cache, `${basename(entry, '.ts')}-${hashOfSources()}.js`);
  if (fs.existsSync(bundle)) return run(bundle);
  const { bundle: make } = require('./bundle.cjs');
  if (canKeep()) {
    await make(entry, bundle);
    return run(bundle);
  }
  const folder = fs.mkdtempSync(join(tmpdir(), 'wireguard-endpoint-'));
  try {
    await make(entry, join(folder, basename(bundle)));
    run(join(folder, basename(bundle)), fs.readFileSync(join(folder, `${basename(bundle)}.map`)));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function canKeep() {
  try {
    fs.mkdirSync(cache, { recursive: true });
    fs.accessSync(cache, fs.constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param map the source map, when it is gone before it may be needed */
function run(bundle, map) {
  const compiled = kept(`${bundle}.code`);
  const script = new Script(fs.readFileSync(bundle, 'utf8'), {
    filename: bundle,
    cachedData: compiled,
  });
  if (!map && (!compiled || script.cachedDataRejected)) {
    // At the end, when it holds the functions that were called.
    process.on('exit', () => {
      keep(`${bundle}.code`, script.createCachedData());
    });
  }
  Error.prepareStackTrace = stackInSources(bundle, map);
  process.argv.splice(1, 2, entry);
  script.runInThisContext()({}, createRequire(__filename), {});
}

function kept(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

/** What only makes the next run faster is no error of this one. */
function keep(file, data) {
  const fresh = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(fresh, data);
    fs.renameSync(fresh, file);
  } catch {
    fs.rmSync(fresh, { force: true });
  }
}

/** A defect's stack names our files and their lines, not those of the bundle. */
function stackInSources(bundle, map) {
  let read;
  return (error, frames) => {
    read ??= new SourceMap(JSON.parse(map ?? fs.readFileSync(`${bundle}.map`, 'utf8')));
    const lines = frames.map((frame) => {
      if (frame.getFileName() !== bundle) return String(frame);
      const origin = read.findOrigin(frame.getLineNumber(), frame.getColumnNumber());
      const file = resolve(dirname(bundle), origin.fileName);
      const place = `${file}:${origin.lineNumber}:${origin.columnNumber}`;
      return `${frame.getFunctionName() ?? '<anonymous>'} (${place})`;
    });
    return [String(error), ...lines].join('\n    at ');
  };
}

void main();
