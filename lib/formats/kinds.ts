import type { z } from 'zod';
import { write } from './parse-result';
import { suggest } from '../suggest';

const KINDS: Readonly<Record<string, string>> = {
  string: 'must be text',
  int: 'must be a whole number',
  number: 'must be a whole number',
  boolean: 'must be true or false',
  object: 'must be a mapping (key: value)',
  record: 'must be a mapping (key: value)',
  array: 'must be a list',
};

/** zod's messages for values of the wrong kind, in our words. */
export function kindMessage(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return wrongKind(issue.expected, issue.input);
  if (issue.code !== 'invalid_value') return undefined;
  const allowed = issue.values.map(String);
  const { input } = issue;
  if (input === undefined) return MISSING;
  return `must be ${allowed.join(' or ')}${typeof input === 'string' ? suggest(input, allowed) : ''}`;
}

const MISSING = 'is missing; add it';

/**
 * What is wrong with a value that is not of the kind expected.
 *
 * @param form what a right one looks like
 */
export function wrongKind(expected: string, input: unknown, form?: string): string {
  if (input === undefined) return MISSING;
  const kind = KINDS[expected] ?? `must be a ${expected}`;
  if (input === null) return `is empty and ${kind}; give a value or remove the key`;
  return `${kind}${form === undefined ? repairOf(expected, input) : write(form)}`;
}

function repairOf(expected: string, input: unknown): string {
  if (expected === 'array') return write('[a, b]');
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
