/**
 * What a terminal would act on instead of showing it: control characters, ESC among them, line and
 * paragraph separators, bidirectional and other invisible marks, halves of surrogate pairs. All of
 * Unicode's category C, and Zl and Zp.
 */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A text on one line with nothing in it that a terminal acts on: each such character is shown as an
 * escape, `\n` or `\u{1b}`. Everything that comes from a file, a program or the network passes through
 * here before it is shown; {@link UserError} and the functions of `terminal.ts` see to it.
 */
export function printable(text: string): string {
  return text.replace(
    UNPRINTABLE,
    (character) => SHORT[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Longest text that {@link quote} shows whole, characters. */
const LONGEST = 80;

/** A text as a value in a message: {@link printable}, in quotes, and shortened. */
export function quote(text: string): string {
  return printable(JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text));
}

/** A value as indented JSON in which {@link printable}'s characters are escaped the way JSON does it. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(UNPRINTABLE, (character) =>
    character === '\n'
      ? character
      : [...Array(character.length).keys()]
          .map((unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`)
          .join(''),
  );
}
