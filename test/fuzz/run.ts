/**
 * `npm run fuzz -- <target> [seconds]`: feeds a reader of foreign text with what coverage of the code
 * leads to (Jazzer.js, libFuzzer). What it finds is kept in a file whose name it prints.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const root = join(__dirname, '../..');
const names = readdirSync(join(__dirname, 'targets')).map((file) => basename(file, '.ts'));
const [target = '', seconds = '60'] = process.argv.slice(2);

async function main(): Promise<void> {
  if (!names.includes(target) || !/^\d+$/.test(seconds)) {
    console.error(`npm run fuzz -- <target> [seconds]: the targets are ${names.join(', ')}`);
    process.exitCode = 2;
    return;
  }
  const folder = join(root, 'node_modules/.cache/fuzz', target);
  const corpus = join(folder, 'corpus');
  mkdirSync(corpus, { recursive: true });
  const { seeds } = (await import(`./targets/${target}`)) as { seeds: readonly string[] };
  for (const [number, text] of seeds.entries()) writeFileSync(join(corpus, `seed-${number}`), text);
  const words = new Set(seeds.flatMap((text) => text.match(/[A-Za-z_]\w{2,30}/g) ?? []));
  const code = join(folder, 'target.cjs');
  await build({
    entryPoints: [join(__dirname, 'targets', `${target}.ts`)],
    ...{ outfile: code, bundle: true, platform: 'node', packages: 'external' },
    plugins: [
      {
        name: 'folders',
        setup(bundle) {
          bundle.onLoad({ filter: /\/lib\/.*\.ts$/ }, besideSource);
        },
      },
    ],
  });
  writeFileSync(join(folder, 'words'), [...words].map((word) => `"${word}"\n`).join(''));
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/.bin/jazzer'),
      ...[code, corpus, '--timeout', '10000', '--disable_bug_detectors', 'path-traversal'],
      // What is excluded unless something else is named is all of node_modules.
      ...['-i', '.cache/fuzz', '-i', 'node_modules/yaml/', '-e', 'esbuild'],
      '--',
      ...[`-max_total_time=${seconds}`, `-dict=${join(folder, 'words')}`, '-max_len=16384'],
      ...[`-artifact_prefix=${folder}/`, '-print_final_stats=1', '-rss_limit_mb=4096'],
    ],
    { stdio: 'inherit', cwd: root },
  );
  process.exitCode = status ?? 1;
}

/** The bundle stands elsewhere than the files that are read beside a source. */
function besideSource({ path }: { path: string }) {
  const text = readFileSync(path, 'utf8');
  const contents = text.replaceAll('__dirname', JSON.stringify(join(path, '..')));
  return { contents, loader: 'ts' as const };
}

void main();
