/**
 * `npm run test:mutants -- <folder> [--sample <n>] [--seed <n>]`: how many small changes of a folder's
 * files its tests notice. Without `--sample` every mutant is tried. Exit 1 below the goal.
 */
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { folders, readTypes } from './folders.mjs';
import unit from './jest.config.cjs';

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
const results = await new Stryker({
  mutate: folder.mutate,
  testRunner: 'jest',
  // A process that a test starts has the mutant, but tells no coverage.
  coverageAnalysis: folder.startsProcesses ? 'off' : 'perTest',
  jest: {
    projectType: 'custom',
    config: {
      ...unit,
      testMatch: folder.tests.map((path) => `<rootDir>/${path}`),
      testPathIgnorePatterns: readTypes,
    },
    enableFindRelatedTests: !folder.startsProcesses,
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

const count = (...statuses) => results.filter(({ status }) => statuses.includes(status)).length;
const noticed = count('Killed', 'Timeout');
const tried = noticed + count('Survived');
const unrun = count('NoCoverage');
const all = results.length - count('Ignored');
// The sample is of those that some test runs; nobody notices the others.
const score = ((100 * noticed) / tried) * ((all - unrun) / all);
console.log(
  `${name}: ${score.toFixed(1)} % noticed (${noticed} of ${tried} tried, seed ${values.seed}; ` +
    `no test runs ${unrun} of ${all} mutants); goal ${folder.goal} %`,
);
process.exitCode = score >= folder.goal ? 0 : 1;
