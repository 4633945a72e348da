/** Stryker's plugins: a random sample of the mutants, and what is said while they are tried. */
import { createHash } from 'node:crypto';
import { whyEquivalent } from './equivalent.mjs';

/** The path from `lib/` on, also in the copy that Stryker works in. */
export const inProject = (path) => path.slice(path.lastIndexOf('/lib/') + 1);

const byText = ([a], [b]) => (a < b ? -1 : 1);

/**
 * Lets the mutants pass whose hash with the seed is smallest: the same seed and the same sources give
 * the same sample.
 */
class Sample {
  static inject = ['options'];

  constructor({ sample }) {
    this.sample = sample;
  }

  async init() {}

  /** Stryker asks this once, with all mutants. */
  async group(mutants) {
    const { size, seed } = this.sample;
    const ranked = mutants.map((mutant) => [rank(mutant, seed), mutant.id]).sort(byText);
    const ids = ranked.map(([, id]) => id);
    this.chosen = new Set(ids.slice(0, size));
    return [ids.slice(0, size), ids.slice(size)].filter((group) => group.length > 0);
  }

  async check(mutants) {
    const verdict = ({ id }) =>
      this.chosen.has(id)
        ? { status: 'passed' }
        : { status: 'compileError', reason: 'not in the sample' };
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, verdict(mutant)]));
  }
}

function rank({ fileName, location, mutatorName, replacement }, seed) {
  const text = JSON.stringify([seed, inProject(fileName), location, mutatorName, replacement]);
  return createHash('sha256').update(text).digest('hex');
}

/** Prints each mutant that no test noticed, as an editor opens it, and how far it got. */
class Progress {
  tried = 0;

  onMutantTested({ status, fileName, location, mutatorName, replacement }) {
    if (status === 'CompileError' || status === 'Ignored') return;
    if (status !== 'NoCoverage' && ++this.tried % 20 === 0) console.error(`${this.tried} tried`);
    if (status === 'Killed' || status === 'Timeout') return;
    const { line, column } = location.start;
    const change = replacement?.replace(/\s+/g, ' ') ?? mutatorName;
    const file = inProject(fileName);
    const why = whyEquivalent({ file, location, replacement });
    const verdict = why === undefined ? status : `equivalent (${why})`;
    console.log(`${file}:${line}:${column}: ${verdict}: ${change}`);
  }
}

export const strykerPlugins = [
  { kind: 'Checker', name: 'sample', injectableClass: Sample },
  { kind: 'Reporter', name: 'unnoticed', injectableClass: Progress },
];
