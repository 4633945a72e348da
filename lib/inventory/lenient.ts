/**
 * Readers of input that may be wrong anywhere. What relates one value to another is checked on what
 * can be read, so that a fault in one place hides none elsewhere.
 */

/** What stands under a key of a mapping; nothing if it is no mapping or has no such key. */
export function field(value: unknown, key: string): unknown {
  return isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** A mapping's keys and values; none if it is no mapping. */
export function entries(value: unknown): [string, unknown][] {
  return isMapping(value) ? Object.entries(value) : [];
}

/** A list's items; none if it is no list. */
export function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A list's items that are texts, with their positions. */
export function texts(value: unknown): [number, string][] {
  return [...items(value).entries()].filter(
    (item): item is [number, string] => typeof item[1] === 'string',
  );
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
