import type { Rule } from '../../lib/formats/parse-result';

/** Tries a rule: what it lets through, and what it says of the rest. */
export function tryRule(
  rule: Rule,
  { right, wrong }: { right: readonly string[]; wrong: Readonly<Record<string, string>> },
): void {
  test.each(right)('%j is right', (text) => {
    expect(rule(text)).toBeUndefined();
  });
  test.each(Object.entries(wrong))('%j %s', (text, message) => {
    expect(rule(text)).toBe(message);
  });
}
