import { isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { problemText, write, type ParseResult, type Rule } from './parse-result';

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

/** Parses lower-case letters, digits and hyphens in labels of up to 63, without a final dot. */
export function parseHostName(text: string): ParseResult<string> {
  if (isHostName(text)) return { value: text };
  const canonical = domainToASCII(text.replace(/\.$/, '')).toLowerCase();
  const problem = text.endsWith('.')
    ? 'must not end in a dot'
    : 'must be a host name: labels of 1 to 63 of a-z, 0-9 and -, 253 in all';
  return isHostName(canonical) ? { problem, canonical } : { problem };
}

export function isHostName(text: string): boolean {
  return text.length <= 253 && text.split('.').every((label) => LABEL.test(label));
}

/** What {@link parseHostName} takes. */
export const hostName: Rule = (text) => {
  const result = parseHostName(text);
  return 'value' in result ? undefined : problemText(result);
};

/** A host name with a dot in it that is not an address. */
export const domainName: Rule = (text) => {
  if (looksNumeric(text) || text.includes(':')) return 'must be a host name, not an address';
  return hostName(text) ?? (text.includes('.') ? undefined : 'must be fully qualified: a.b');
};

/** Whether a resolver would take the name for an IPv4 address, right or wrong: its last label is a number. */
export function looksNumeric(host: string): boolean {
  return /(?:^|\.)\d+\.?$/.test(host);
}

/** Whether a client can connect to it: a host name in any case, or an address without brackets, port and zone. */
export function isEndpointHost(text: string): boolean {
  return (
    /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text) ||
    (isIPv6(text) && !text.includes('%'))
  );
}
