import { z } from 'zod';
import {
  flag,
  flagOr,
  integer,
  keyed,
  list,
  mapping,
  parsed,
  text,
} from '../../lib/formats/fields';
import { dnsLabel } from '../../lib/formats/host-name';
import { kindMessage } from '../../lib/formats/kinds';
import { following, type ParseResult } from '../../lib/formats/parse-result';

/** The value, or path and message of each issue. */
function read(schema: z.ZodType, input: unknown): unknown {
  const result = schema.safeParse(input, { error: kindMessage });
  if (result.success) return result.data;
  return result.error.issues.map(({ path, message }) => [path.join('.'), message].join(': '));
}

const label = text(dnsLabel);
const RULE = 'must be a DNS label: 1 to 63 of a-z, 0-9 and -, with no - at the ends';

test.each<[string, z.ZodType, unknown, unknown]>([
  ['text', label, 'a', 'a'],
  ['text', label, 'A', [`: ${RULE}; write a`]],
  ['text', label, 7, [': must be text; put it in quotes']],
  ['text', label, true, [': must be text; put it in quotes']],
  ['text', label, ['a'], [': must be text']],
  ['text', label, null, [': is empty and must be text; give a value or remove the key']],
  ['text', label, undefined, [': is missing; add it']],
  ['an integer', integer(3, 5), 3, 3],
  ['an integer', integer(3, 5), 5, 5],
  ['an integer', integer(3, 5), 2, [': must be 3 to 5']],
  ['an integer', integer(3, 5), 6, [': must be 3 to 5']],
  ['an integer', integer(3, 5), '4', [': must be a whole number; write it without quotes']],
  ['an integer', integer(3, 5), 'x4', [': must be a whole number']],
  ['an integer', integer(3, 5), '4x', [': must be a whole number']],
  ['an integer', integer(3, 5), 3.5, [': must be a whole number']],
  ['an integer', integer(3, 5), [4], [': must be a whole number']],
  ['a flag', flag(), undefined, false],
  ['a flag', flag(), true, true],
  ['a flag', flag(), 'Yes', [': must be true or false; write true']],
  ['a flag', flag(), 'on', [': must be true or false; write true']],
  ['a flag', flag(), 'OFF', [': must be true or false; write false']],
  ['a flag', flag(), 'false', [': must be true or false; write false']],
  ['a flag', flag(), 'nono', [': must be true or false']],
  ['a flag', flag(), 'yes!', [': must be true or false']],
  ['a flag', flag(), 1, [': must be true or false']],
  ['a list', list(label, '[a, b, c]'), ['a', 'b'], ['a', 'b']],
  ['a list', list(label, '[a, b, c]'), 'a', [': must be a list; write [a, b, c]']],
  ['a list', list(label, '[a, b, c]'), ['a', 'B'], [`1: ${RULE}; write b`]],
  ['a list of zod’s', z.array(label), {}, [': must be a list; write [a, b]']],
  ['a word', z.enum(['tcp', 'udp']), 'udp', 'udp'],
  ['a word', z.enum(['tcp', 'udp']), 'upd', [': must be tcp or udp; did you mean "udp"?']],
  ['a word', z.enum(['tcp', 'udp']), 'x', [': must be tcp or udp']],
  ['a word', z.enum(['tcp', 'udp']), 7, [': must be tcp or udp']],
  ['a word', z.enum(['tcp', 'udp']), undefined, [': is missing; add it']],
  ['a mapping', mapping({ peers: label }), { peers: 'a' }, { peers: 'a' }],
  ['a mapping', mapping({ peers: label }), [], [': must be a mapping (key: value)']],
  ['a mapping', mapping({ peers: label }), {}, ['peers: is missing; add it']],
  [
    'a mapping',
    mapping({ peers: label }),
    { peers: 'a', pears: 1, q: 2 },
    [': is not a known key; did you mean "peers"?\nis not a known key'],
  ],
  ['a date', z.date(), 'x', [': must be a date']],
])('%s: %#', (_, schema, input, expected) => {
  expect(read(schema, input)).toEqual(expected);
});

describe('a flag or a mapping', () => {
  const either = flagOr(mapping({ to: label }));
  test.each<[unknown, unknown]>([
    [true, true],
    [false, false],
    [{ to: 'a' }, { to: 'a' }],
    [{ to: 'A' }, [`to: ${RULE}; write a`]],
    [{ t: 'a' }, ['to: is missing; add it', ': is not a known key; did you mean "to"?']],
    ['yes', [': must be true or false; write true']],
    [['a'], [': must be true or false']],
    [undefined, [': is missing; add it']],
  ])('%j', (input, expected) => {
    expect(read(either, input)).toEqual(expected);
  });
});

describe('a mapping whose keys are data', () => {
  /** Lower-case labels, of which others are spellings. */
  const parse = (name: string): ParseResult<string> =>
    name === name.toLowerCase()
      ? following(dnsLabel)(name)
      : { problem: 'is not lower case', canonical: name.toLowerCase() };
  const schema = keyed(
    { title: 'name', parse, repeats: (name) => `repeats ${name}`, form: 'a: 1' },
    integer(1, 9),
  );

  test.each<[unknown, unknown]>([
    [{}, []],
    [
      { b: 1, a: 2 },
      [
        ['b', 1],
        ['a', 2],
      ],
    ],
    [{ A: 1 }, ['A: is not lower case; write a']],
    [{ A: 1, a: 2 }, ['A: is not lower case; write a', 'A: repeats a']],
    [{ '-': 0 }, [`-: ${RULE}`, '-: must be 1 to 9']],
    [JSON.parse('{ "__proto__": 1 }'), [`__proto__: ${RULE}`]],
    [[], [': must be a mapping (key: value); write a: 1']],
    [7, [': must be a mapping (key: value); write a: 1']],
    [null, [': is empty and must be a mapping (key: value); give a value or remove the key']],
  ])('%j', (input, expected) => {
    expect(read(schema, input)).toEqual(expected);
  });

  test('points at the key or at the value', () => {
    const { error } = schema.safeParse({ A: 0 });
    expect(error?.issues).toEqual([
      expect.objectContaining({ path: ['A'], params: { on: 'key' } }),
      expect.not.objectContaining({ params: { on: 'key' } }),
    ]);
  });

  test('without a word for repeats has none', () => {
    expect(read(keyed({ title: 'name', parse }, integer(1, 9)), { A: 1, a: 1 })).toEqual([
      'A: is not lower case; write a',
    ]);
  });

  test('is a mapping in JSON Schema, with what its keys are called', () => {
    const hinted = keyed({ title: 'name', parse, hint: { pattern: '^[a-z]+$' } }, flag());
    expect(z.toJSONSchema(hinted, { io: 'input' })).toMatchObject({
      type: 'object',
      propertyNames: { type: 'string', title: 'name', pattern: '^[a-z]+$' },
      additionalProperties: { type: 'boolean', default: false },
    });
    expect(z.toJSONSchema(flagOr(mapping({ to: label })), { io: 'input' })).toMatchObject({
      anyOf: [{ type: 'boolean' }, { type: 'object', required: ['to'] }],
    });
    expect(z.toJSONSchema(text(dnsLabel, { pattern: '^[a-z]+$' }))).toMatchObject({
      type: 'string',
      pattern: '^[a-z]+$',
    });
  });
});

test('a parsed text is what it stands for, or what is wrong with it', () => {
  const number = parsed((given) =>
    /^\d+$/.test(given) ? { value: Number(given) } : { problem: 'is no number' },
  );
  expect(read(number, '42')).toBe(42);
  expect(read(number, 'x')).toEqual([': is no number']);
  expect(read(number, 42)).toEqual([': must be text; put it in quotes']);
});
