import { UserError } from '../errors';
import { quote } from '../printable';
import { KEY } from '../formats/wireguard-key';
import type { Path } from '../yaml/yaml-places';

/** One thing wrong with an inventory. */
export interface Issue {
  readonly path: Path;
  /** `key`: the last step of the path is what is wrong; `value`: what stands there. */
  readonly on: 'key' | 'value';
  /** The rule it breaks and, where one is known, `; ` and the repair. */
  readonly message: string;
  /** The default that is wrong, where nothing stands. */
  readonly fallback?: string;
}

/** An issue with the value at a place. */
export function issueAt(path: Path, message: string, on: Issue['on'] = 'value'): Issue {
  return { path, on, message };
}

/** An inventory that cannot be used: every issue of every file, one a line. */
export class InventoryError extends UserError {
  override readonly name = 'InventoryError';
}

/**
 * An issue as text: `path: "value": rule; repair`.
 *
 * @param input the inventory it was found in
 * @param source the value as the file spells it, for scalars that are not text
 */
export function describeIssue(
  { path, on, message, fallback }: Issue,
  input: unknown,
  source?: string,
): string {
  const place = describePath(on === 'key' ? path.slice(0, -1) : path);
  const found = on === 'key' ? path.at(-1) : valueAt(input, path);
  const value = found === undefined ? fallback : found;
  const shown = value === undefined ? '' : (source ?? show(value, path));
  return [place, shown, message].filter((part) => part !== '').join(': ');
}

/** `peers["10.1.2.4"].allowedIPs[0]` */
export function describePath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[\w-]{1,63}$/.test(step)) return `[${quote(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Readonly<Record<string | number, unknown>>)[step]
        : undefined,
    input,
  );
}

function show(value: unknown, path: Path): string {
  if (typeof value === 'string') {
    const secret = KEY.test(value) && path.at(-1) !== 'pubkey';
    return secret ? '(a key, not shown)' : quote(value);
  }
  if (Array.isArray(value)) return value.length === 0 ? '[]' : 'a list';
  if (typeof value === 'object' && value !== null)
    return Object.keys(value).length === 0 ? '{}' : 'a mapping';
  return typeof value === 'function' ? 'a function' : String(value);
}
