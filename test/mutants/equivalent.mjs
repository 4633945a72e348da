/** Mutants that nothing can notice, each with the reason. */
import { readFileSync } from 'node:fs';

/** `code` is a part of the file that the change is within, `replacement` what Stryker writes there. */
export const equivalents = [
  {
    file: 'lib/files.ts',
    code: '.exec(name) ?? []',
    replacement: '["Stryker was here"]',
    why: 'the first of what a name consists of is not looked at',
  },
  {
    file: 'lib/graph.ts',
    code: "${source ?? ''}",
    replacement: '"Stryker was here!"',
    why: 'the peers of a service are among those of the inventory',
  },
  {
    file: 'lib/graph.ts',
    code: "?.id ?? ''",
    replacement: '"Stryker was here!"',
    why: 'every destination is a target',
  },
  {
    file: 'lib/graph.ts',
    code: 'targets.get(destination(service))?.id',
    replacement: 'targets.get(destination(service)).id',
    why: 'every destination is a target',
  },
  {
    file: 'lib/dns/redact.ts',
    code: 'word.length >= shortest',
    replacement: 'true',
    why: 'it saves the work on words too short to hold a secret',
  },
  {
    file: 'lib/inventory/schema.ts',
    code: "{ code: 'custom', message, input",
    replacement: '""',
    why: 'zod wants a code; only that of an unknown key is read',
  },
  {
    file: 'lib/keys/read-host-key.ts',
    code: 'error.linePos?.[0]',
    replacement: 'error.linePos[0]',
    why: 'the library tells the place of every such error unless told otherwise',
  },
  {
    file: 'lib/yaml/yaml-places.ts',
    code: 'node.range?.[0]',
    replacement: 'node.range[0]',
    why: 'what was read from a text has its range',
  },
  {
    file: 'lib/yaml/yaml-source.ts',
    code: "'no YAML document, not even an empty one'",
    replacement: '""',
    why: 'the library makes a document of every text when told to',
  },
  {
    file: 'lib/yaml/yaml-source.ts',
    code: '!(error instanceof ReferenceError)',
    replacement: 'false',
    why: 'the library throws nothing else',
  },
];

/** Whether an entry of {@link equivalents} is this mutant. */
export function isSame(entry, { file, location, replacement }) {
  if (entry.file !== file || entry.replacement !== replacement) return false;
  const text = readFileSync(file, 'utf8');
  const lines = text.split('\n');
  const offsetOf = ({ line, column }) =>
    lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, column - 1);
  const [start, end] = [offsetOf(location.start), offsetOf(location.end)];
  const at = text.lastIndexOf(entry.code, start);
  return at >= 0 && end <= at + entry.code.length;
}

/** The reason why nothing can notice a mutant, or nothing. */
export function whyEquivalent(mutant) {
  return equivalents.find((entry) => isSame(entry, mutant))?.why;
}
