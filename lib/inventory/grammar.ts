import { domainToASCII } from 'node:url';
import { readAddress, readNetwork } from './address';

/**
 * Says what is wrong with a value, as `rule; repair` (the repair only where one is known), or
 * nothing. Every text that reaches a file of the pod or a manifest has passed one of these, and
 * each of them lists what it lets through: quotes, braces, `;`, `$`, spaces and control characters
 * are in none of the lists.
 */
export type Rule = (value: string) => string | undefined;

export const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * What `wg` accepts as a key (`key_from_base64` in wireguard-tools' encoding.c): base64 of 32 bytes
 * with padding and no spare bits set. `Buffer.from` accepts a good deal more.
 */
export const KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** A DNS label as Kubernetes has it (RFC 1123). */
export const dnsLabel: Rule = (value) => {
  if (LABEL.test(value)) return undefined;
  const repair = value
    .trim()
    .toLowerCase()
    .replace(/[_. ]+/g, '-');
  return `must be a DNS label: 1 to 63 of a-z, 0-9 and -, with no - at the ends${write(repair, LABEL.test(repair))}`;
};

/** Lower-case letters, digits and hyphens in labels of up to 63, without a final dot. */
export const hostName: Rule = (value) => {
  const labels = value.split('.');
  if (value.length <= 253 && labels.every((label) => LABEL.test(label))) return undefined;
  const repair = domainToASCII(value.replace(/\.$/, '')).toLowerCase();
  const rule = value.endsWith('.')
    ? 'must not end in a dot'
    : 'must be a host name: labels of 1 to 63 of a-z, 0-9 and -, 253 in all';
  return `${rule}${write(repair, repair !== value && repair !== '' && hostName(repair) === undefined)}`;
};

/** A {@link hostName} with a dot in it that is not an address. */
export const domainName: Rule = (value) => {
  if (looksNumeric(value) || value.includes(':')) return 'must be a host name, not an address';
  return hostName(value) ?? (value.includes('.') ? undefined : 'must be fully qualified: a.b');
};

/** Whether a resolver would take the name for an IPv4 address, right or wrong: its last label is a number. */
export function looksNumeric(host: string): boolean {
  return /(?:^|\.)\d+\.?$/.test(host);
}

export const publicKey: Rule = (value) => {
  if (KEY.test(value))
    return /^A+=$/.test(value) ? 'is the zero key, which belongs to nobody' : undefined;
  const bytes = Buffer.from(value, 'base64');
  const repair = bytes.toString('base64');
  return `must be a WireGuard key: 32 bytes in canonical base64, 44 characters${write(repair, bytes.length === 32)}`;
};

/** nginx's time notation without spaces, largest unit first: `90s`, `1h30m`. */
export const duration: Rule = (value) => {
  const parts = /^(?:(\d{1,3})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?$/.exec(value);
  if (parts === null || value === '') {
    const repair = /^\d+$/.test(value) ? `${value}s` : value.replace(/\s+/g, '').toLowerCase();
    return `must be a time such as 90s, 30m, 1h30m or 7d${write(repair, repair !== value && repair !== '' && duration(repair) === undefined)}`;
  }
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part) => Number(part || 0));
  const total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  return total >= 1 && total <= 365 * 86400 ? undefined : 'must be 1s to 365d';
};

/** `[registry[:port]/]path[:tag][@sha256:…]`, the grammar of github.com/distribution/reference. */
export const imageReference: Rule = (value) => {
  const registry = String.raw`(?:[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*(?::\d{1,5})?/)?`;
  const component = String.raw`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`;
  const suffix = String.raw`(?::\w[\w.-]{0,127})?(?:@sha256:[a-f0-9]{64})?`;
  const reference = new RegExp(`^${registry}${component}(?:/${component})*${suffix}$`);
  if (value.length <= 512 && reference.test(value)) return undefined;
  const repair = value.trim();
  return `must be an image reference such as alpine:3.24.1 or registry.example.org/wg:1@sha256:…${write(repair, repair !== value && reference.test(repair))}`;
};

const LABEL_NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** A Kubernetes label's key, except those Kubernetes keeps for itself. */
export const labelKey: Rule = (value) => {
  const [name = '', prefix, ...more] = value.split('/').reverse();
  const wellFormed =
    LABEL_NAME.test(name) && more.length === 0 && (prefix === undefined || !hostName(prefix));
  if (!wellFormed)
    return 'must be a label key: up to 63 of A-Z, a-z, 0-9, -, _ and ., perhaps after a domain and /';
  return prefix !== 'app.kubernetes.io' && /(?:^|\.)(?:kubernetes|k8s)\.io$/.test(prefix ?? '')
    ? 'has a prefix that Kubernetes keeps for itself; use app or app.kubernetes.io/name'
    : undefined;
};

/** A Kubernetes label's value, which here must not be empty. */
export const labelValue: Rule = (value) =>
  LABEL_NAME.test(value)
    ? undefined
    : 'must be a label value: 1 to 63 of A-Z, a-z, 0-9, -, _ and ., starting and ending with a letter or digit';

export const network: Rule = (value) => readNetwork(value).problem;
export const address: Rule = (value) => readAddress(value).problem;

/** Text for a program that takes it as one argument: anything without control characters. */
export const printable: Rule = (value) => {
  if (value === '') return 'must not be empty';
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(value) ? 'must not hold control characters' : undefined;
};

export const path: Rule = (value) =>
  value.startsWith('~')
    ? 'begins with ~, which only a shell knows; write the whole path, or one relative to this file'
    : printable(value);

/** A known repair as text: `; write "…"`. */
function write(repair: string, known: boolean): string {
  return known ? `; write ${repair}` : '';
}
