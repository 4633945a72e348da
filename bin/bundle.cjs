'use strict';
const { build } = require('esbuild');
const { readFileSync, readdirSync, renameSync, rmSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');

/** In a bundle all modules share one folder: what they read from beside them is named instead. */
const folders = {
  name: 'folders',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll('__dirname', JSON.stringify(dirname(path))),
    }));
  },
};

/**
 * Bundles an entry point, and removes its older bundles.
 *
 * @param entry absolute path of a TypeScript file
 * @param file where the bundle goes: a script whose value is a function of `exports`, `require` and
 *   `module`; `<file>.map` is its source map
 */
exports.bundle = async function bundle(entry, file) {
  const fresh = `${file}.${process.pid}`;
  await build({
    entryPoints: [entry],
    outfile: fresh,
    bundle: true,
    platform: 'node',
    target: 'node20',
    // Large, and only loaded when they are needed.
    external: ['cloudflare', '@kubernetes/client-node'],
    // A script that comes from V8's code cache cannot import: a bundle requires.
    supported: { 'dynamic-import': false },
    plugins: [folders],
    // Names stay as they are, for stacks.
    minifySyntax: true,
    minifyWhitespace: true,
    lineLimit: 160,
    sourcemap: 'external',
    sourcesContent: false,
    banner: { js: '(function (exports, require, module) {' },
    footer: { js: '})' },
    logLevel: 'error',
  });
  const [name] = basename(file).split(/-[0-9a-f]{16}\.js/);
  for (const old of readdirSync(dirname(file))) {
    if (old.startsWith(`${name}-`) && !old.startsWith(basename(file))) {
      rmSync(join(dirname(file), old), { force: true });
    }
  }
  // The map first: where the bundle is, all of it is.
  renameSync(`${fresh}.map`, `${file}.map`);
  renameSync(fresh, file);
};
