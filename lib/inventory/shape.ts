import type { z } from 'zod';
import type { Fault } from './fault';
import { field } from './lenient';
import { inventorySchema, type InventoryData } from './schema';
import { suggest } from './suggest';

/** What the schema alone finds: the data with its defaults, or what is wrong with it. */
export function readShape(input: unknown): { data?: InventoryData; faults: Fault[] } {
  const result = inventorySchema.safeParse(input, { error: kindProblem });
  if (result.success) return { data: result.data, faults: [] };
  return { faults: result.error.issues.flatMap((issue) => faultsOf(input, issue)) };
}

function faultsOf(input: unknown, issue: z.core.$ZodIssue): Fault[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      on: 'key',
      value: key,
      message: messages[index] ?? '',
    }));
  }
  const value = path.reduce<unknown>(
    (at, step) => (Array.isArray(at) ? (at as unknown[])[Number(step)] : field(at, String(step))),
    input,
  );
  return [{ path, on: 'value', value, message: issue.message }];
}

const kinds: Readonly<Record<string, string>> = {
  string: 'must be text',
  int: 'must be a whole number',
  number: 'must be a whole number',
  boolean: 'must be true or false',
  object: 'must be a mapping (key: value)',
  record: 'must be a mapping (key: value)',
  array: 'must be a list; write [a, b]',
};

/** The message for a value of the wrong kind. */
function kindProblem(issue: z.core.$ZodRawIssue): string | undefined {
  const { input } = issue;
  if (issue.code === 'invalid_value') {
    const allowed = issue.values.map(String);
    if (input === undefined) return 'is missing; add it';
    return `must be ${allowed.join(' or ')}${typeof input === 'string' ? suggest(input, allowed) : ''}`;
  }
  if (issue.code !== 'invalid_type') return undefined;
  if (input === undefined) return 'is missing; add it';
  const kind = kinds[issue.expected] ?? `must be a ${issue.expected}`;
  if (input === null) return `is empty and ${kind}; give a value or remove the key`;
  return `${kind}${repairOf(issue.expected, input)}`;
}

function repairOf(expected: string, input: unknown): string {
  if (expected === 'string' && (typeof input === 'number' || typeof input === 'boolean'))
    return '; put it in quotes';
  if (expected === 'int' || expected === 'number')
    return typeof input === 'string' && /^\d+$/.test(input) ? '; write it without quotes' : '';
  if (expected === 'boolean' && typeof input === 'string') {
    if (/^(?:yes|on|true)$/i.test(input)) return '; write true';
    if (/^(?:no|off|false)$/i.test(input)) return '; write false';
  }
  return '';
}
