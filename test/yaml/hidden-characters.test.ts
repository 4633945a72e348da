import { hiddenCharacters } from '../../lib/yaml/hidden-characters';

const invisible = (code: string): string =>
  `holds the invisible character U+${code}, which may show something else than is read; remove it`;

test.each([
  ['a: b\n', 'lines'],
  ['a: b\r\nc:\td\r\n', 'tabs and line ends of Windows'],
  ['\uFEFFa: b', 'a byte order mark, first of all'],
  ['a: é ü 漢 😀', 'letters of any kind'],
])('%j may be there: %s', (text) => {
  expect(hiddenCharacters(text)).toEqual([]);
});

test.each([
  ['a\u001bb', '001B'],
  ['a\rb', '000D'],
  ['a\u0000', '0000'],
  ['a\u0085b', '0085'],
  ['a\u007f', '007F'],
  ['a\ud800b', 'D800'],
  ['a\u2028b', '2028'],
  ['a\u2029b', '2029'],
  ['a\u202eb', '202E'],
  ['a\u2066b', '2066'],
  ['a\u200fb', '200F'],
  ['a\uFEFFb', 'FEFF'],
  ['a\uFFF9b', 'FFF9'],
  ['a\uFFFBb', 'FFFB'],
  ['a\u{E0001}b', 'E0001'],
  ['a\u{E007F}b', 'E007F'],
])('%j is told by its number', (text, code) => {
  const offset = 1;
  if (text === 'a\u0000') {
    expect(hiddenCharacters(`a${text}`)).toEqual([{ offset: 2, message: invisible(code) }]);
  } else {
    expect(hiddenCharacters(text)).toEqual([{ offset, message: invisible(code) }]);
  }
});

test('one a line', () => {
  expect(
    hiddenCharacters('\u001b\u001b\n\u001b\n\n ok\n  \u202e\u001b').map((o) => o.offset),
  ).toEqual([0, 3, 12]);
});

test.each(['\uFFFD\uFFFDa', '\0a', 'a\0:\0', '\n\0'])('%j is UTF-16', (text) => {
  expect(hiddenCharacters(text)).toEqual([
    { offset: 0, message: 'is UTF-16 or another encoding; save the file as UTF-8' },
  ]);
});

test('what was no UTF-8 has its repair', () => {
  expect(hiddenCharacters('\uFFFD a: \uFFFD')).toEqual([
    { offset: 0, message: 'is no UTF-8; save the file as UTF-8' },
  ]);
  expect(hiddenCharacters('ab\0')).toEqual([{ offset: 2, message: invisible('0000') }]);
});
