/**
 * `npm run test:mutants:pod -- [--sample <n>] [--seed <n>] [<file.sh>...]`: how many small changes of
 * the pod's shell files the end-to-end tests notice. Needs what those need, root among it, and a
 * minute or two for each change. Exit 1 below the goal.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { changesOf } from './shell.mjs';

const GOAL = 90;
const root = resolve(fileURLToPath(new URL('.', import.meta.url)), '../..');
const folder = 'lib/manifests/pod';

/** The tests that drive each file, the quickest first. */
const tests = {
  'adopt.sh': ['changes', 'host-key', 'drift'],
  'alive.sh': ['probes'],
  'bounds.sh': ['crowding', 'load'],
  'confinement.sh': ['confinement', 'behind-peers', 'loops', 'drift'],
  'init.sh': ['reach', 'host-key', 'restarts'],
  'link.sh': ['reach', 'restarts', 'families'],
  'mounted.sh': ['changes', 'reload'],
  'names.sh': ['names', 'families'],
  'network.sh': ['families', 'drift'],
  'peers.sh': ['changes', 'host-key', 'drift'],
  'proxy.sh': ['reload', 'probes', 'restarts'],
  'refusals.sh': ['loops', 'crowding'],
  'settings.sh': ['reach', 'names'],
  'tools.sh': ['restarts'],
  'watch.sh': ['changes', 'drift', 'restarts'],
  'workers.sh': ['reload', 'crowding'],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } },
});
const files = readdirSync(join(root, folder)).filter((name) => name.endsWith('.sh'));
const untested = files.filter((name) => !(name in tests));
const unknown = positionals.filter((name) => !files.includes(name));
if (untested.length + unknown.length > 0) {
  console.error(`no tests are known for ${[...untested, ...unknown].join(', ')}`);
  process.exit(1);
}

const copy = mkdtempSync(join(tmpdir(), 'pod-mutants-'));
process.on('exit', () => rmSync(copy, { recursive: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
for (const path of listed()) cpSync(join(root, path), join(copy, path), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

function listed() {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return stdout.split('\0').filter((path) => path !== '');
}

/** Whether a file of the end-to-end tests passes. */
function passes(name) {
  const pattern = `test/e2e/${name}\\.test`;
  const jest = ['jest', '--selectProjects', 'e2e', '--runInBand', '--bail', pattern];
  const options = { cwd: copy, stdio: 'ignore', timeout: 900_000, killSignal: 'SIGKILL' };
  const { status, error } = spawnSync('test/e2e/run.sh', jest, options);
  if (status === null && error === undefined) throw new Error('the tests were killed');
  return status === 0;
}

const texts = new Map(files.map((name) => [name, readFileSync(join(copy, folder, name), 'utf8')]));

/** A file with one line changed that a shell still reads, or nothing. */
function changed({ name, line, after }) {
  const lines = texts.get(name).split('\n');
  lines[line - 1] = after;
  const text = lines.join('\n');
  return spawnSync('dash', ['-n'], { input: text }).status === 0 ? text : undefined;
}

const rank = ({ name, line, after }) =>
  createHash('sha256')
    .update(JSON.stringify([values.seed, name, line, after]))
    .digest('hex');

const all = (positionals.length > 0 ? positionals : files)
  .flatMap((name) => changesOf(texts.get(name)).map((change) => ({ name, ...change })))
  .filter((change) => changed(change) !== undefined)
  .map((change) => [rank(change), change])
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([, change]) => change);
const sample = all.slice(0, Number(values.sample));

// What fails without a change notices nothing.
const driven = [...new Set(sample.flatMap(({ name }) => tests[name]))];
const sound = new Set(driven.filter((name) => passes(name) || passes(name)));
for (const name of driven) {
  if (!sound.has(name)) console.error(`test/e2e/${name}.test.ts fails without a change: left out`);
}

let noticed = 0;
for (const change of sample) {
  const { name, line, before, after } = change;
  writeFileSync(join(copy, folder, name), changed(change));
  const judges = tests[name].filter((test) => sound.has(test));
  // Twice, for one of them may fail by chance.
  const isNoticed = judges.some((test) => !passes(test) && !passes(test));
  writeFileSync(join(copy, folder, name), texts.get(name));
  if (isNoticed) noticed++;
  const verdict = isNoticed ? 'noticed' : judges.length > 0 ? 'Survived' : 'NoTest';
  console.log(`${folder}/${name}:${line}: ${verdict}: ${before.trim()} -> ${after.trim()}`);
}
const score = (100 * noticed) / sample.length;
console.log(
  `${folder}/*.sh: ${score.toFixed(1)} % noticed (${noticed} of a sample of ${sample.length} of ` +
    `${all.length} changes, seed ${values.seed}); goal ${GOAL} %`,
);
process.exitCode = score >= GOAL ? 0 : 1;
