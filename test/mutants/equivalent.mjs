/** Mutants that nothing can notice, each with the reason. */
import { readFileSync } from 'node:fs';

/** `code` is a part of a line in which the change begins, `replacement` what Stryker writes there. */
export const equivalents = [
  {
    file: 'lib/inventory/schema.ts',
    code: "{ code: 'custom', message, input",
    replacement: '""',
    why: 'zod wants a code; only that of an unknown key is read',
  },
];

/** Whether an entry of {@link equivalents} is this mutant. */
export function isSame(entry, { file, location, replacement }) {
  if (entry.file !== file || entry.replacement !== replacement) return false;
  const line = readFileSync(file, 'utf8').split('\n')[location.start.line - 1];
  const column = location.start.column - 1;
  const begin = line.lastIndexOf(entry.code, column);
  return begin >= 0 && column < begin + entry.code.length;
}

/** The reason why nothing can notice a mutant, or nothing. */
export function whyEquivalent(mutant) {
  return equivalents.find((entry) => isSame(entry, mutant))?.why;
}
