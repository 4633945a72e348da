import { addressAt, compareRanges, overlaps, range, type Range } from '../formats/address';
import type { Inventory } from '../inventory/inventory';

/** RFC 1918, 6598 and 4193: an address is not chosen outside of the range its neighbours are in. */
const PRIVATE_RANGES = [
  range('10.0.0.0/8'),
  range('172.16.0.0/12'),
  range('192.168.0.0/16'),
  range('100.64.0.0/10'),
  range('fc00::/7'),
];

/** Prefix length of what is taken for one block of peers. */
const BLOCK_PREFIX = { 4: 24, 6: 64 } as const;

/** Bits of an address behind that prefix. */
const HOST_BITS = { 4: 8n, 6: 64n } as const;

/**
 * The address for a new peer, of the network's family: the first free one after the highest in the
 * block (/24, /64) that most peers are in. The gaps below come last: their addresses may have been
 * somebody's. Without peers it is the first of the block after the network's.
 *
 * @returns undefined when none is free nearby
 */
export function freeAddress({ network, peers }: Inventory): Range | undefined {
  const own = peers
    .map(({ address }) => address)
    .filter(({ family }) => family === network.family)
    .sort(compareRanges);
  const highest = fullestBlock(own).at(-1);
  const block = blockAround(highest ?? network);
  const home = PRIVATE_RANGES.find((one) => overlaps(one, block)) ?? block;
  const last = highest ?? (home === block ? network : block);
  const taken = [network, ...peers.flatMap(({ address, allowedIPs }) => [address, ...allowedIPs])];
  return (
    firstFree(network.family, last.last + 1n, home.last, taken) ??
    firstFree(network.family, block.first, last.last, taken)
  );
}

/** The addresses in the block that has most of them; of several such, those in the highest. */
function fullestBlock(sorted: readonly Range[]): readonly Range[] {
  const blocks = new Map<bigint, Range[]>();
  for (const address of sorted) {
    const number = address.first >> HOST_BITS[address.family];
    const block = blocks.get(number);
    if (block === undefined) blocks.set(number, [address]);
    else block.push(address);
  }
  return [...blocks.values()].reduce((most, one) => (one.length < most.length ? most : one), []);
}

/** The block of peers that an address or a network is in; a network that is larger is one itself. */
function blockAround(one: Range): Range {
  const [address = '', prefix = Infinity] = one.text.split('/');
  return Number(prefix) <= BLOCK_PREFIX[one.family]
    ? one
    : range(`${address}/${BLOCK_PREFIX[one.family]}`);
}

function firstFree(
  family: 4 | 6,
  first: bigint,
  last: bigint,
  taken: readonly Range[],
): Range | undefined {
  const all = range(family === 4 ? '0.0.0.0/0' : '::/0');
  let number = first;
  while (number <= last) {
    const address = addressAt(all, number);
    const holder = taken.find((one) => overlaps(one, address));
    if (holder !== undefined) number = holder.last + 1n;
    else if (isEdge(address)) number += 1n;
    else return address;
  }
  return undefined;
}

/** The first and the last IPv4 address of a /24, and the first of a /64, mean all of it to some. */
function isEdge({ family, first }: Range): boolean {
  const host = first & ((1n << HOST_BITS[family]) - 1n);
  return host === 0n || (family === 4 && host === 255n);
}
