/**
 * `npm run test:mutants:pod -- [--sample <n>] [--seed <n>] [<file.sh>[:<line>]...]`: how many small
 * changes of the pod's shell files the end-to-end tests notice. Needs what those need, root among it,
 * and a minute or two for each change. Exit 1 below the goal.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Copy, root } from './copy.mjs';
import { equivalent } from './equivalent-pod.mjs';
import { changesOf } from './shell.mjs';

const GOAL = 90;
const folder = 'lib/manifests/pod';

/** The tests that drive each file, the quickest first. */
const tests = {
  'adopt.sh': ['pod/adopt', 'changes', 'host-key', 'drift'],
  'alive.sh': ['pod/alive', 'probes'],
  'bounds.sh': ['pod/bounds', 'crowding'],
  'confinement.sh': ['pod/confinement', 'confinement', 'behind-peers', 'loops', 'drift'],
  'init.sh': ['reach', 'host-key', 'restarts'],
  'link.sh': ['pod/link', 'reach', 'restarts', 'families'],
  'mounted.sh': ['pod/mounted', 'changes', 'reload'],
  'names.sh': ['pod/names', 'names', 'families'],
  'network.sh': ['pod/network', 'families', 'drift'],
  'peers.sh': ['pod/peers', 'changes', 'host-key', 'drift'],
  'proxy.sh': ['pod/proxy', 'reload', 'probes', 'restarts'],
  'refusals.sh': ['pod/refusals', 'loops', 'crowding'],
  'settings.sh': ['pod/settings', 'reach', 'names'],
  'tools.sh': ['pod/tools', 'restarts'],
  'watch.sh': ['pod/watch', 'changes', 'drift', 'restarts'],
  'workers.sh': ['pod/workers', 'reload', 'crowding'],
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '2' },
  },
});
const texts = new Map(
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.sh'))
    .map((name) => [name, readFileSync(join(root, folder, name), 'utf8')]),
);
const unknown = [
  ...[...texts.keys()].filter((name) => !(name in tests)),
  ...positionals.filter((place) => !texts.has(place.replace(/:\d+$/, ''))),
];
if (unknown.length > 0) {
  console.error(`no tests are known for ${unknown.join(', ')}`);
  process.exit(1);
}

/** A file with one line changed. */
function changed({ name, line, after }) {
  const lines = texts.get(name).split('\n');
  lines[line - 1] = after;
  return lines.join('\n');
}

const isRead = (change) => spawnSync('dash', ['-n'], { input: changed(change) }).status === 0;

const isIn = (list, { name, before, after }) =>
  list.some(
    (one) => one.name === name && one.before === before.trim() && one.after === after.trim(),
  );

const isWanted = ({ name, line }) =>
  positionals.length === 0 ||
  positionals.some((place) => [name, `${name}:${line}`].includes(place));

const rank = ({ name, line, after }) =>
  createHash('sha256')
    .update(JSON.stringify([values.seed, name, line, after]))
    .digest('hex');

const every = [...texts].flatMap(([name, text]) =>
  changesOf(text).map((change) => ({ name, ...change })),
);
const stale = equivalent.filter((one) => !every.some((change) => isIn([one], change)));
for (const { name, before, after } of stale) {
  console.error(`equivalent-pod.mjs: ${name} has no such change: ${before} -> ${after}`);
}
const all = every
  .filter((change) => isWanted(change) && !isIn(equivalent, change) && isRead(change))
  .map((change) => [rank(change), change])
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([, change]) => change);
const sample = all.slice(0, Number(values.sample));

/** Tests that have passed: when they fail, it is for the change. */
const sound = new Set();

/** Twice, for a test may fail by chance. */
async function passes(copy, test) {
  const passed = (await copy.passes(test)) || (await copy.passes(test));
  if (passed) sound.add(test);
  return passed;
}

/** Which of its tests notices a change, if any. */
async function judge(copy, change) {
  const path = join(folder, change.name);
  for (const test of tests[change.name]) {
    copy.write(path, changed(change));
    const passed = await passes(copy, test);
    copy.write(path, texts.get(change.name));
    if (passed) continue;
    if (sound.has(test) || (await passes(copy, test))) return test;
    console.error(`test/e2e/${test}.test.ts fails without a change`);
  }
}

let noticed = 0;
const left = sample.values();
const copies = Array.from({ length: Number(values.concurrency) }, () => new Copy());
await Promise.all(
  copies.map(async (copy) => {
    for (const change of left) {
      const by = await judge(copy, change);
      if (by !== undefined) noticed++;
      const { name, line, before, after } = change;
      const verdict = by === undefined ? 'Survived' : `noticed by ${by}`;
      console.log(`${folder}/${name}:${line}: ${verdict}: ${before.trim()} -> ${after.trim()}`);
    }
  }),
);
const score = (100 * noticed) / sample.length;
console.log(
  `${folder}/*.sh: ${score.toFixed(1)} % noticed (${noticed} of a sample of ${sample.length} of ` +
    `${all.length} changes, seed ${values.seed}); goal ${GOAL} %`,
);
process.exitCode = score >= GOAL ? 0 : 1;
