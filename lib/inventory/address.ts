import { Address4, Address6 } from 'ip-address';

/** A block of addresses of one family; a single address is a block of one. */
export interface Range {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
  /** Canonical text: an address alone, or a CIDR. */
  readonly text: string;
}

/** What a text was read as: `range` if it can be understood, `problem` if it may not stay so. */
interface Reading {
  readonly range?: Range;
  readonly problem?: string;
}

/** Reads one address without prefix length. */
export function readAddress(text: string): Reading {
  const range = parseAddress(text);
  if (range === undefined) {
    const single = /^(.+)\/(?:32|128)$/.exec(text)?.[1];
    const repair =
      single !== undefined && parseAddress(single) !== undefined
        ? `; write ${single} without the prefix length`
        : '; write one like 10.1.2.4 or fd00::4';
    return { problem: `is not an IP address${repair}` };
  }
  return { range, problem: unusable(range) ?? spelling(text, range.text) };
}

/** Reads a CIDR, whose address must be the first of its block. */
export function readNetwork(text: string): Reading {
  const [addressText = '', prefixText] = text.split('/', 2);
  const address = parseAddress(addressText);
  if (address === undefined) return { problem: 'is not a network; write one like 10.1.3.16/28' };
  const bits = address.family === 4 ? 32 : 128;
  if (prefixText === undefined)
    return { problem: `lacks its prefix length; write ${address.text}/${bits} for one address` };
  const prefix = Number(prefixText);
  if (!/^\d{1,3}$/.test(prefixText) || prefix > bits || text.split('/').length > 2)
    return { problem: `must end in a prefix length of /0 to /${bits}` };
  const range = blockAround(address, prefix);
  if (range.first !== address.first)
    return { range, problem: `has bits set behind its prefix length; write ${range.text}` };
  return { range, problem: unusable(range) ?? spelling(text, range.text) };
}

/** The canonical text of the address `offset` places into the network; the offset must fit. */
export function addressAt(network: Range, offset: number): string {
  return toText(network.family, network.first + BigInt(offset));
}

export function overlaps(one: Range, other: Range): boolean {
  return one.family === other.family && one.first <= other.last && other.first <= one.last;
}

/** Sorts IPv4 before IPv6, then by number, and a block before what it holds. */
export function compareRanges(one: Range, other: Range): number {
  if (one.family !== other.family) return one.family - other.family;
  if (one.first !== other.first) return one.first < other.first ? -1 : 1;
  return one.last === other.last ? 0 : one.last > other.last ? -1 : 1;
}

/** The block of an address or CIDR that has been checked, or was written down in this program. */
export function knownNetwork(text: string): Range {
  const [address = '', prefix] = text.split('/');
  const range = parseAddress(address);
  if (range === undefined) throw new Error(`not a network: ${text}`);
  return prefix === undefined ? range : blockAround(range, Number(prefix));
}

/** A checked address as the CIDR that holds it alone: `10.1.2.4/32`, `fd00::4/128`. */
export function hostPrefix(address: string): string {
  return `${address}/${isIPv6(address) ? 128 : 32}`;
}

/** A checked address or name with a port, IPv6 in brackets: `[fd00::4]:443`. */
export function hostPort(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** Whether a checked host or CIDR is IPv6: only there is a colon. */
export function isIPv6(host: string): boolean {
  return host.includes(':');
}

function parseAddress(text: string): Range | undefined {
  if (/^\d{1,9}(?:\.\d{1,9}){3}$/.test(text)) {
    const octets = text.split('.').map(Number);
    if (octets.some((octet) => octet > 255)) return undefined;
    const canonical = octets.join('.');
    const number = new Address4(canonical).bigInt();
    return { family: 4, first: number, last: number, text: canonical };
  }
  if (!/^[0-9a-f:]*:[0-9a-f:.]*$/i.test(text) || !Address6.isValid(text)) return undefined;
  const address = new Address6(text);
  const number = address.bigInt();
  return { family: 6, first: number, last: number, text: address.correctForm() };
}

function toText(family: 4 | 6, number: bigint): string {
  return (family === 4 ? Address4 : Address6).fromBigInt(number).correctForm();
}

function spelling(text: string, canonical: string): string | undefined {
  return text === canonical ? undefined : `is not the canonical spelling; write ${canonical}`;
}

/** The block of that prefix length in which the address lies. */
function blockAround(address: Range, prefix: number): Range {
  const size = 1n << BigInt((address.family === 4 ? 32 : 128) - prefix);
  const first = address.first - (address.first % size);
  const text = `${toText(address.family, first)}/${prefix}`;
  return { family: address.family, first, last: first + size - 1n, text };
}

const unusableBlocks = [
  { block: '0.0.0.0/8', use: '"this network"' },
  { block: '127.0.0.0/8', use: 'loopback' },
  { block: '224.0.0.0/3', use: 'multicast and reserved' },
  { block: '::/96', use: 'unspecified and loopback' },
  { block: '::ffff:0:0/96', use: 'IPv4 in IPv6 notation' },
  { block: 'fe80::/10', use: 'link-local' },
  { block: 'ff00::/8', use: 'multicast' },
].map(({ block, use }) => ({ use, range: knownNetwork(block) }));

function unusable(range: Range): string | undefined {
  const found = unusableBlocks.find((candidate) => overlaps(candidate.range, range));
  return found && `overlaps ${found.range.text} (${found.use}), which cannot be used here`;
}
