import { Address6 } from 'ip-address';
import { write, type ParseResult } from './parse-result';

/** A block of addresses of one family; a single address is a block of one. */
export class Range {
  constructor(
    readonly family: 4 | 6,
    readonly first: bigint,
    readonly last: bigint,
    /** Canonical text: of an address alone without prefix length, else a CIDR. */
    readonly text: string,
  ) {}

  /** Canonical text as a CIDR, also of an address alone: `10.1.2.4/32`, `fd00::4/128`. */
  get cidr(): string {
    return this.text.includes('/') ? this.text : `${this.text}/${BITS[this.family]}`;
  }

  /** `JSON.stringify` knows no bigint. */
  toJSON(): string {
    return this.text;
  }
}

/** Bits of an address. */
const BITS = { 4: 32, 6: 128 } as const;

/** Parses one address without prefix length, in canonical spelling. */
export function parseAddress(text: string): ParseResult<Range> {
  const address = readAddress(text);
  if (address === undefined) {
    const single = /^(.+)\/(?:32|128)$/.exec(text)?.[1];
    const repair =
      single !== undefined && readAddress(single) !== undefined
        ? `; write ${single} without the prefix length`
        : '; write one like 10.1.2.4 or fd00::4';
    return { problem: `is not an IP address${repair}` };
  }
  return usable(address, text);
}

/** Parses a CIDR that a VPN can have, in canonical spelling, whose address must be the first of its block. */
export function parseNetwork(text: string): ParseResult<Range> {
  const result = readBlock(text);
  return 'problem' in result ? result : usable(result.value, text);
}

/** Parses any CIDR, spelled as in {@link parseNetwork}. */
export function parseCidr(text: string): ParseResult<Range> {
  const result = readBlock(text);
  return 'problem' in result ? result : canonical(result.value, text);
}

function readBlock(text: string): ParseResult<Range> {
  const [addressText = '', prefixText, ...more] = text.split('/');
  const address = readAddress(addressText);
  if (address === undefined) return { problem: 'is not a network; write one like 10.1.3.16/28' };
  const bits = BITS[address.family];
  if (prefixText === undefined)
    return { problem: `lacks its prefix length; write ${address.cidr} for one address` };
  if (!/^\d{1,3}$/.test(prefixText) || Number(prefixText) > bits || more.length > 0)
    return { problem: `must end in a prefix length of /0 to /${bits}` };
  const block = blockAround(address, Number(prefixText));
  return block.first === address.first
    ? { value: block }
    : { problem: `has bits set behind its prefix length${write(block.text)}` };
}

/** Reads an address in any spelling. */
export function readAddress(text: string): Range | undefined {
  if (text.includes(':')) return readIPv6(text);
  if (!/^\d{1,9}(?:\.\d{1,9}){3}$/.test(text)) return undefined;
  const octets = text.split('.').map(Number);
  if (octets.some((octet) => octet > 255)) return undefined;
  const number = BigInt(octets.reduce((sum, octet) => sum * 256 + octet));
  return new Range(4, number, number, octets.join('.'));
}

/**
 * An address or a CIDR that is written in this program.
 *
 * @throws Error when it is neither
 */
export function range(text: string): Range {
  const [address = '', prefix] = text.split('/');
  const found = readAddress(address);
  if (found === undefined) throw new Error(`neither an address nor a network: ${text}`);
  return prefix === undefined ? found : blockAround(found, Number(prefix));
}

/** The address at an offset into a network; the offset must fit. */
export function addressAt(network: Range, offset: number | bigint): Range {
  const number = network.first + BigInt(offset);
  return new Range(network.family, number, number, addressText(network.family, number));
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

/** An address or a host name with a port, IPv6 in brackets: `[fd00::4]:443`. */
export function hostPort(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** Whether a host or CIDR is IPv6: only there is a colon. */
export function isIPv6(host: string): boolean {
  return host.includes(':');
}

function readIPv6(text: string): Range | undefined {
  if (!/^[0-9a-f:]*:[0-9a-f:.]*$/i.test(text) || !Address6.isValid(text)) return undefined;
  const address = new Address6(text);
  const number = address.bigInt();
  return new Range(6, number, number, address.correctForm());
}

function addressText(family: 4 | 6, number: bigint): string {
  if (family === 6) return Address6.fromBigInt(number).correctForm();
  return [24n, 16n, 8n, 0n].map((shift) => String((number >> shift) & 255n)).join('.');
}

/** The block of that prefix length in which an address lies. */
function blockAround({ family, first: address }: Range, prefix: number): Range {
  const size = 1n << BigInt(BITS[family] - prefix);
  const first = address - (address % size);
  return new Range(family, first, first + size - 1n, `${addressText(family, first)}/${prefix}`);
}

const UNUSABLE = [
  { block: range('0.0.0.0/8'), use: '"this network"' },
  { block: range('127.0.0.0/8'), use: 'loopback' },
  { block: range('224.0.0.0/3'), use: 'multicast and reserved' },
  { block: range('::/96'), use: 'unspecified and loopback' },
  { block: range('::ffff:0:0/96'), use: 'IPv4 in IPv6 notation' },
  { block: range('fe80::/10'), use: 'link-local' },
  { block: range('ff00::/8'), use: 'multicast' },
];

/** The range, if it can be used here and is spelled as it should be. */
function usable(found: Range, text: string): ParseResult<Range> {
  const reserved = UNUSABLE.find(({ block }) => overlaps(block, found));
  if (reserved === undefined) return canonical(found, text);
  const { block, use } = reserved;
  return { problem: `overlaps ${block.text} (${use}), which cannot be used here` };
}

function canonical(found: Range, text: string): ParseResult<Range> {
  return text === found.text
    ? { value: found }
    : { problem: 'is not the canonical spelling', canonical: found.text };
}
