/**
 * `npm run test:mutants -- <folder> [--sample <n>] [--seed <n>]`: how many small changes of a folder's
 * files its tests notice. Without `--sample` every mutant is tried. Exit 1 below the goal, and where
 * equivalent.mjs is wrong.
 */
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { equivalents, isSame, whyEquivalent } from './equivalent.mjs';
import { folders, readTypes } from './folders.mjs';
import unit from './jest.config.cjs';
import { inProject } from './plugin.mjs';

const NOTICED = ['Killed', 'Timeout'];
const UNNOTICED = ['Survived', 'NoCoverage'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    concurrency: { type: 'string', default: '2' },
  },
});
const [name = ''] = positionals;
const folder = folders[name];
if (folder === undefined || positionals.length > 1) {
  console.error(`give one of ${Object.keys(folders).join(', ')}`);
  process.exit(1);
}

const size = Number(values.sample ?? Infinity);
// Random tests notice the same each time.
process.env.FUZZ_SEED ??= values.seed;
const results = await new Stryker({
  mutate: folder.mutate,
  testRunner: 'jest',
  coverageAnalysis: 'perTest',
  jest: {
    projectType: 'custom',
    config: {
      ...unit,
      testMatch: folder.tests.map((path) => `<rootDir>/${path}`),
      testPathIgnorePatterns: [...unit.testPathIgnorePatterns, ...readTypes],
      testSequencer: '<rootDir>/test/mutants/quickest-first.cjs',
    },
  },
  plugins: ['@stryker-mutator/jest-runner', fileURLToPath(new URL('plugin.mjs', import.meta.url))],
  ...(Number.isFinite(size) && { checkers: ['sample'] }),
  sample: { size, seed: Number(values.seed) },
  warnings: { unknownOptions: false, slow: false },
  concurrency: Number(values.concurrency),
  // Tests ask git what it ignores.
  buildCommand: 'git init --quiet',
  // A busy machine is no verdict.
  timeoutMS: 60_000,
  tempDirName: `${tmpdir()}/wireguard-endpoint-mutants`,
  ignorePatterns: ['/build', '/coverage', '/reports'],
  reporters: ['unnoticed'],
  logLevel: 'warn',
  allowConsoleColors: false,
}).runMutationTest();

const isEquivalent = ({ fileName, ...mutant }) =>
  whyEquivalent({ ...mutant, file: inProject(fileName) }) !== undefined;
const count = (statuses, mutants = results) =>
  mutants.filter(({ status }) => statuses.includes(status)).length;

const [noticed, unloaded] = [count(NOTICED), count(['RuntimeError'])];
const equivalent = count(UNNOTICED, results.filter(isEquivalent));
const judged = noticed + count(UNNOTICED) - equivalent;
const score = (100 * noticed) / judged;
console.log(
  `${name}: ${score.toFixed(1)} % noticed (${noticed} of ${judged}, ` +
    `${Number.isFinite(size) ? `a sample of ${size} of ` : ''}${results.length} mutants, seed ${values.seed}; ` +
    `not counted: ${equivalent} equivalent, ${unloaded} with which a file of tests does not load); goal ${folder.goal} %`,
);

/** An entry is of use where its mutant is, and is true where no test notices that. */
function faultOf(entry) {
  const same = results.filter(({ fileName, ...mutant }) =>
    isSame(entry, { ...mutant, file: inProject(fileName) }),
  );
  if (same.length === 0) return 'is no mutant';
  return count(NOTICED, same) > 0 ? 'is noticed by a test' : undefined;
}
const faults = equivalents
  .filter(({ file }) => (name === 'lib' ? dirname(file) === name : file.startsWith(`${name}/`)))
  .map((entry) => ({ ...entry, fault: faultOf(entry) }))
  .filter(({ fault }) => fault !== undefined);
for (const { file, code, replacement, fault } of faults)
  console.error(`test/mutants/equivalent.mjs: ${file}: ${code} -> ${replacement} ${fault}`);

process.exitCode = score >= folder.goal && faults.length === 0 ? 0 : 1;
