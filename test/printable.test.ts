import fc from 'fast-check';
import { anyCharacter } from './any-character';
import { UserError } from '../lib/errors';
import { printable, printableJson, quote } from '../lib/printable';
import { log, print } from '../lib/terminal';

/** Each may move the cursor, end the line, or turn the order of what follows. */
const HOSTILE: readonly (readonly [string, string, string])[] = [
  ['a line feed', 'a\nok  in sync', String.raw`a\nok  in sync`],
  ['a lone carriage return', 'a\rb', String.raw`a\rb`],
  ['a tab', 'a\tb', String.raw`a\tb`],
  ['NUL and BEL', 'a\0\u0007', String.raw`a\u{0}\u{7}`],
  ['an escape sequence', '\u001b[2J\u001b]0;title\u0007', String.raw`\u{1b}[2J\u{1b}]0;title\u{7}`],
  ['the same in one byte', '\u009b2J', String.raw`\u{9b}2J`],
  ['DEL', 'a\u007f', String.raw`a\u{7f}`],
  ['separators of Unicode', 'a\u2028b\u2029c', String.raw`a\u{2028}b\u{2029}c`],
  ['bidirectional marks', 'a\u202eb\u2066c\u2069', String.raw`a\u{202e}b\u{2066}c\u{2069}`],
  ['invisible characters', 'a\u200bb\ufeff\u00ad', String.raw`a\u{200b}b\u{feff}\u{ad}`],
  ['a tag beyond 16 bits', 'a\u{e0041}', String.raw`a\u{e0041}`],
  ['half a pair', 'a\ud800b', String.raw`a\u{d800}b`],
];

test.each(HOSTILE)('%s is shown as an escape', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
  expect(printable(shown)).toBe(shown);
  expect(new UserError(`${text}: mend it`).message).toBe(`${shown}: mend it`);
  const json = printableJson({ [text]: text });
  expect(json).not.toMatch(/(?!\n)[\p{C}\p{Zl}\p{Zp}]/u);
  expect(JSON.parse(json)).toEqual({ [text]: text });
});

test.each([print, log])('%p prints one line for one, whatever it holds', (write) => {
  const channel = jest.spyOn(console, write === print ? 'log' : 'error').mockReturnValue();
  try {
    for (const [, text] of HOSTILE) write(text, ['a', { text, colour: 'red' }]);
    expect(channel.mock.calls).toEqual(HOSTILE.flatMap(([, , shown]) => [[shown], [`a${shown}`]]));
  } finally {
    channel.mockRestore();
  }
});

test('what is printable already stays as it is', () => {
  for (const text of ['myth  créé  Ünïcode 日本 ✓ "\\', '']) expect(printable(text)).toBe(text);
});

test('a value in a message is short and on one line', () => {
  expect(quote('a"b\n\u202e')).toBe(String.raw`"a\"b\n\u{202e}"`);
  expect(quote('a'.repeat(100))).toBe(`"${'a'.repeat(80)}…"`);
});

test('an error has the lines it was given and no others', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: anyCharacter }), { minLength: 1, maxLength: 4 }),
      (lines) => {
        expect(new UserError(lines).message.split('\n')).toEqual(lines.map(printable));
      },
    ),
  );
});
