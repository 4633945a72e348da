// `node bin/run.cjs <entry.ts> [args]` runs a TypeScript file as one bundle, kept in node_modules/.cache
// with the state of all it was made of. Where it cannot be kept, each run makes its own.
require('./installed.cjs');
const fs = require('node:fs');
const { dirname, join, relative, resolve } = require('node:path');

const root = resolve(__dirname, '..');
const entry = resolve(process.argv[2] ?? '');
const cache = join(root, 'node_modules/.cache/wireguard-endpoint');
const bundle = join(cache, `${relative(root, entry).replace(/\W/g, '_')}.cjs`);
// They decide on every bundle; the last four are what npm, pnpm and yarn write when they install.
const others =
  `bin/run.cjs tsconfig.json node_modules/.package-lock.json node_modules/.pnpm/lock.yaml
  node_modules/.yarn-integrity node_modules/.yarn-state.yml`.split(/\s+/);

/** Differs when a file does, or the list of modules in a folder. */
function stateOf(path) {
  const at = join(root, path);
  const stat = fs.statSync(at, { throwIfNoEntry: false });
  if (!stat) return 'missing';
  if (stat.isDirectory()) return `${fs.readdirSync(at).filter((name) => /\.[jt]s$/.test(name))}`;
  // Reading 5 MB of packages would take a tenth of a synth. No program can set a ctime.
  if (path.includes('node_modules/')) return `${stat.size} ${stat.ctimeMs}`;
  return require('node:crypto').createHash('sha256').update(fs.readFileSync(at)).digest('hex');
}

async function bundled() {
  try {
    const code = fs.readFileSync(bundle, 'utf8');
    const { home, of } = JSON.parse(code.slice(code.lastIndexOf('\n//') + 3));
    if (home === root && Object.keys(of).every((path) => stateOf(path) === of[path])) return code;
  } catch {
    // None is kept.
  }
  const of = Object.fromEntries(others.map((path) => [path, stateOf(path)]));
  const onLoad = ({ path }) => {
    const file = relative(root, path);
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
    const beside = folder ? `${folder}/package.json` : dirname(file);
    // Before it is read: what changes meanwhile is seen by the next run.
    for (const at of [file, beside, dirname(beside)]) of[at] ??= stateOf(at);
    const text = fs.readFileSync(path, 'utf8');
    // All modules share the bundle's folder; ours read what is beside them.
    const contents = folder ? text : text.replaceAll('__dirname', JSON.stringify(dirname(path)));
    return { contents, loader: 'default' };
  };
  const { outputFiles } = await require('esbuild').build({
    ...{ entryPoints: [entry], outfile: bundle, bundle: true, write: false, platform: 'node' },
    ...{ minifyWhitespace: true, sourcemap: 'inline', sourcesContent: false },
    external: ['cloudflare', 'undici'], // large, and rarely needed
    plugins: [{ name: 'load', setup: (build) => build.onLoad({ filter: /./ }, onLoad) }],
  });
  const code = `${outputFiles[0].text}//${JSON.stringify({ home: root, of })}`;
  try {
    fs.mkdirSync(cache, { recursive: true });
    // One at a time: what a killed run left is in the way once.
    fs.writeFileSync(`${bundle}.new`, code, { flag: 'wx' });
    fs.renameSync(`${bundle}.new`, bundle);
  } catch {
    fs.rm(`${bundle}.new`, () => undefined);
  }
  return code;
}

require('node:module').enableCompileCache?.(cache); // from Node 22 on
require('node:v8').setFlagsFromString('--semi-space-growth-factor=1'); // for a large synth a sixth less memory
bundled().then(
  (code) => {
    // The map is read for a defect alone: that takes a tenth of a synth.
    process.on('uncaughtExceptionMonitor', () => {
      process.setSourceMapsEnabled(true);
      module._compile(code.slice(code.lastIndexOf('//# sourceMappingURL=')), bundle);
    });
    process.argv.splice(1, 2, entry);
    module._compile(code, bundle);
  },
  () => process.exit(1), // esbuild has said why
);
