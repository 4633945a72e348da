import type { SyntaxIssue } from './yaml-source';

/**
 * What shows a reviewer something else than is read, also in a comment: controls, among them ESC and a
 * carriage return alone, marks that turn the direction of text, what some programs take for the end of a
 * line, and what was no UTF-8.
 */
const HIDDEN =
  /(?!^\uFEFF|[\t\n]|\r\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\uFEFF\uFFF9-\uFFFB\uFFFD\u{E0000}-\u{E007F}]/gu;

/** Where characters stand that a file must not hold, one a line. */
export function hiddenCharacters(text: string): SyntaxIssue[] {
  // As UTF-8, the mark at the beginning of UTF-16 is two wrong bytes.
  if (/^(?:\uFFFD\uFFFD|.?\0)/su.test(text)) return [{ offset: 0, message: UTF_16 }];
  const lines = new Set<number>();
  return [...text.matchAll(HIDDEN)].flatMap(({ index, 0: character }) => {
    const line = text.lastIndexOf('\n', index);
    if (lines.has(line)) return [];
    lines.add(line);
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const message =
      character === '\uFFFD'
        ? 'is no UTF-8; save the file as UTF-8'
        : `holds the invisible character U+${code}, which may show something else than is read; remove it`;
    return [{ offset: index, message }];
  });
}

const UTF_16 = 'is UTF-16 or another encoding; save the file as UTF-8';
