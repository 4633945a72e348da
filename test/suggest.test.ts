import { suggest } from '../lib/suggest';

const meant = (word: string): string => `; did you mean "${word}"?`;

test.each([
  // A third of the letters, but at least one.
  ['a', ['b'], meant('b')],
  ['ab', ['xy'], ''],
  ['abc', ['abx'], meant('abx')],
  ['abc', ['axx'], ''],
  ['peersx', ['peers'], meant('peers')],
  ['abcdef', ['abcdxx'], meant('abcdxx')],
  ['abcdef', ['abcxxx'], ''],
  ['abcdefghi', ['abcdefxxx'], meant('abcdefxxx')],
  // Added, dropped, changed, swapped.
  ['per', ['peer'], meant('peer')],
  ['peeer', ['peer'], meant('peer')],
  ['pear', ['peer'], meant('peer')],
  ['pree', ['peer'], ''],
  ['epers', ['peers'], meant('peers')],
  ['ab', ['ba'], meant('ba')],
  ['abc', ['bca'], ''],
  ['teh', ['the'], meant('the')],
  ['htee', ['thee'], meant('thee')],
  // Upper case is no change.
  ['NODEPORT', ['nodePort'], meant('nodePort')],
  // The nearest, and the first of those.
  ['peers', ['pears', 'peers'], meant('peers')],
  ['peexs', ['peeys', 'peezs'], meant('peeys')],
  ['mtu', [], ''],
  ['mtu', ['services', 'm'], ''],
  ['', ['a'], meant('a')],
  ['', ['ab'], ''],
])('%j of %j', (word, candidates, text) => {
  expect(suggest(word, candidates)).toBe(text);
});
