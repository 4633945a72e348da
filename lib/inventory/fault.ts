import { UserError } from '../errors';
import { quote } from '../printable';
import { KEY } from './grammar';

/** Keys of mappings and positions in lists, from the top. */
export type Path = readonly (string | number)[];

/** One thing wrong with an inventory. */
export interface Fault {
  readonly path: Path;
  /** `key`: the last step of the path is what is wrong; `value`: what stands there. */
  readonly on: 'key' | 'value';
  /** What is wrong, to be shown; `undefined` where something is missing. */
  readonly value: unknown;
  /** The rule it breaks and, where one is known, `; ` and the repair. */
  readonly message: string;
}

/** An inventory that cannot be used: every fault of every file, one a line. */
export class InventoryError extends UserError {
  override readonly name = 'InventoryError';
}

/**
 * A fault as text: `path: "value": rule; repair`.
 *
 * @param source the value as the file spells it, for scalars that are not text
 */
export function describeFault({ path, on, value, message }: Fault, source?: string): string {
  const place = describePath(on === 'key' ? path.slice(0, -1) : path);
  const shown = on === 'value' && value === undefined ? '' : (source ?? show(value, path));
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

function show(value: unknown, path: Path): string {
  if (typeof value === 'string') {
    const secret = KEY.test(value) && path.at(-1) !== 'pubkey';
    return secret ? '(a key, not shown)' : quote(value);
  }
  if (Array.isArray(value)) return value.length === 0 ? '[]' : 'a list';
  if (typeof value === 'object' && value !== null) return 'a mapping';
  return typeof value === 'function' ? 'a function' : String(value);
}
