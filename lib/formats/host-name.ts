import { domainToASCII } from 'node:url';
import { write, type Rule } from './parse-result';

/** A DNS label as Kubernetes has it (RFC 1123). */
export const LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** A {@link LABEL}. */
export const dnsLabel: Rule = (text) => {
  if (LABEL.test(text)) return undefined;
  const repair = text
    .trim()
    .toLowerCase()
    .replace(/[_. ]+/g, '-');
  return `must be a DNS label: 1 to 63 of a-z, 0-9 and -, with no - at the ends${write(repair, LABEL.test(repair))}`;
};

/** Lower-case letters, digits and hyphens in labels of up to 63, without a final dot. */
export const hostName: Rule = (text) => {
  const labels = text.split('.');
  if (text.length <= 253 && labels.every((label) => LABEL.test(label))) return undefined;
  const repair = domainToASCII(text.replace(/\.$/, '')).toLowerCase();
  const rule = text.endsWith('.')
    ? 'must not end in a dot'
    : 'must be a host name: labels of 1 to 63 of a-z, 0-9 and -, 253 in all';
  return `${rule}${write(repair, repair !== text && repair !== '' && hostName(repair) === undefined)}`;
};

/** A {@link hostName} with a dot in it that is not an address. */
export const domainName: Rule = (text) => {
  if (looksNumeric(text) || text.includes(':')) return 'must be a host name, not an address';
  return hostName(text) ?? (text.includes('.') ? undefined : 'must be fully qualified: a.b');
};

/** Whether a resolver would take the name for an IPv4 address, right or wrong: its last label is a number. */
export function looksNumeric(host: string): boolean {
  return /(?:^|\.)\d+\.?$/.test(host);
}
