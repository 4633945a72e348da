import { rootCause } from '../lib/root-cause';

const caused = (depth: number): Error =>
  new Error(`${depth}`, depth === 0 ? {} : { cause: caused(depth - 1) });

test.each<[string, unknown, string]>([
  ['an error', new Error('lost'), 'lost'],
  ['its cause', new Error('fetch failed', { cause: new Error('refused') }), 'refused'],
  ['a code where there are no words', { message: '', code: 'ECONNREFUSED' }, 'ECONNREFUSED'],
  ['words where there is a code too', { message: 'refused', code: 'E' }, 'refused'],
  ['the last that says something', new Error('outer', { cause: { message: '' } }), 'outer'],
  ['nothing that is no text', new Error('outer', { cause: { message: 7 } }), 'outer'],
  ['an empty code', { message: '', code: '' }, 'unknown error'],
  ['no code at all', { message: '' }, 'unknown error'],
  ['five deep and no deeper', caused(9), '5'],
  ['four deep', caused(4), '0'],
  ['one line', new Error('first\nsecond'), 'first'],
  ['a text', 'thrown', 'unknown error'],
  ['nothing', undefined, 'unknown error'],
  ['null', null, 'unknown error'],
  ['null for a cause', new Error('outer', { cause: null }), 'outer'],
])('%s', (_, error, said) => {
  expect(rootCause(error)).toBe(said);
});
