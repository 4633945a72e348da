/** A secret shorter than this is masked where it stands whole; of a longer one, any part of this length is. */
const PART = 12;

/** How often an encoding may be wrapped into another, such as base64 in a URL. */
const MAX_NESTING = 3;

/**
 * Masks secrets in a foreign text: as they are, in upper or lower case, or encoded: in base64, in
 * hexadecimal, or by escapes as in URLs, JSON, HTML and mail. What is masked is the whole word.
 * @returns a function that masks the given secrets in a text
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const parts = secrets.flatMap((secret) => {
    // An e-mail address shares most of its parts with names that are no secret.
    if (secret.includes('@')) return [secret.toLowerCase()];
    const starts = [...Array(Math.max(1, secret.length - PART + 1)).keys()];
    return starts.map((start) => secret.slice(start, start + PART).toLowerCase());
  });
  const reveals = (word: string, nesting = 0): boolean => {
    const lower = word.toLowerCase();
    if (parts.some((part) => lower.includes(part))) return true;
    return (
      nesting < MAX_NESTING && decodings(word).some((decoded) => reveals(decoded, nesting + 1))
    );
  };
  const shortest = Math.min(...parts.map(({ length }) => length));
  return (text) =>
    text.replace(/[^\s"'<>,()[\]{}]+/g, (word) =>
      word.length >= shortest && reveals(word) ? '***' : word,
    );
}

/** What a word may have been before it was encoded. */
function decodings(word: string): string[] {
  const unescaped = word
    .replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));?/gi, (_, hex?: string, decimal?: string) =>
      String.fromCharCode(hex === undefined ? Number(decimal) : parseInt(hex, 16)),
    )
    .replace(/(?:%|=|\\u00|\\x|\\u\{|0x)([0-9a-f]{2})\}?/gi, (_, hex: string) =>
      String.fromCharCode(parseInt(hex, 16)),
    );
  const base64 = [...word.matchAll(/[A-Za-z0-9+/_-]{16,}/g)].flatMap(([run]) =>
    // What stands before it, as in `key=`, may have shifted it.
    [0, 1, 2, 3].map((shift) => Buffer.from(run.slice(shift), 'base64').toString('latin1')),
  );
  const hex = [...word.matchAll(/(?:[0-9a-f]{2}[:-]?){12,}/gi)].map(([run]) =>
    Buffer.from(run.replace(/[:-]/g, ''), 'hex').toString('latin1'),
  );
  return [...(unescaped === word ? [] : [unescaped]), ...base64, ...hex];
}
