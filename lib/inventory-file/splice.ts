/** A piece of text that is taken out at an offset, and another put in its place. */
export interface Splice {
  readonly at: number;
  /** Characters taken out. @default 0 */
  readonly remove?: number;
  /** @default '' */
  readonly insert?: string;
}

/** The text after all splices, whose offsets count in the text as it was; they do not overlap. */
export function splice(text: string, splices: readonly Splice[]): string {
  return [...splices]
    .sort((a, b) => b.at - a.at)
    .reduce(
      (rest, { at, remove = 0, insert = '' }) =>
        rest.slice(0, at) + insert + rest.slice(at + remove),
      text,
    );
}

/** Offset of the first character of the line. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset behind the line's newline, or the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? text.length : newline + 1;
}

/** How this text ends its lines. */
export function newlineOf(text: string): '\n' | '\r\n' {
  return /\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n';
}
