import { compareRanges, overlaps, readAddress, readNetwork, type Range } from './address';
import type { Fault, Path } from './fault';
import { describePath } from './fault';
import { asText, entries, field, texts } from './lenient';

/** A block of addresses that leads to one peer, and where it stands. */
interface Claim {
  readonly path: Path;
  readonly peer: string;
  /** Its address is the key of the peer; the others are its allowedIPs. */
  readonly isAddress: boolean;
  readonly text: string;
  readonly range: Range;
}

/** What peers must be to each other and to the network. WireGuard itself would let the last one win. */
export function peerFaults(input: unknown): Fault[] {
  const network = readNetwork(asText(field(input, 'network')) ?? '').range;
  const peers = entries(field(input, 'peers'));
  const claims = peers.flatMap(([address, peer]) => claimsOf(address, peer));
  return [
    ...peers.flatMap(([address]) => addressFaults(address)),
    ...repeated(peers, 'name', 'name'),
    ...repeated(peers, 'pubkey', 'public key'),
    ...ownKeyFaults(input, peers),
    ...claims.flatMap((claim) => networkFaults(claim, network)),
    ...overlapFaults(claims),
  ];
}

function addressFaults(address: string): Fault[] {
  const { problem } = readAddress(address);
  return problem === undefined
    ? []
    : [{ path: ['peers', address], on: 'key', value: address, message: problem }];
}

function repeated(peers: readonly [string, unknown][], key: string, what: string): Fault[] {
  const holders = new Map<string, string>();
  return peers.flatMap(([address, peer]): Fault[] => {
    const value = asText(field(peer, key));
    if (value === undefined) return [];
    const holder = holders.get(value);
    if (holder === undefined) {
      holders.set(value, address);
      return [];
    }
    const message = `is the ${what} of ${describePath(['peers', holder])} too; each peer has its own`;
    return [{ path: ['peers', address, key], on: 'value', value, message }];
  });
}

function ownKeyFaults(input: unknown, peers: readonly [string, unknown][]): Fault[] {
  const own = asText(field(field(input, 'key'), 'pubkey'));
  return peers
    .filter(([, peer]) => own !== undefined && field(peer, 'pubkey') === own)
    .map(([address]) => ({
      path: ['peers', address, 'pubkey'],
      on: 'value',
      value: own,
      message: "is the endpoint's own public key; give the peer's",
    }));
}

function claimsOf(address: string, peer: unknown): Claim[] {
  const path = ['peers', address];
  const { range } = readAddress(address);
  const own = range && { path, peer: address, isAddress: true, text: address, range };
  const further = texts(field(peer, 'allowedIPs')).flatMap(([index, text]): Claim[] => {
    const { range: block } = readNetwork(text);
    const place = [...path, 'allowedIPs', index];
    return block ? [{ path: place, peer: address, isAddress: false, text, range: block }] : [];
  });
  return own ? [own, ...further] : further;
}

function networkFaults(claim: Claim, network: Range | undefined): Fault[] {
  if (network === undefined || !overlaps(claim.range, network)) return [];
  const message = `overlaps the network ${network.text}, whose addresses are for services; move one of them`;
  return [faultAt(claim, message)];
}

/** One pass over the sorted blocks: of two CIDRs that overlap, one holds the other. */
function overlapFaults(claims: readonly Claim[]): Fault[] {
  const around: Claim[] = [];
  const blamed = new Map<Claim, Fault>();
  for (const claim of [...claims].sort((a, b) => compareRanges(a.range, b.range))) {
    let outer = around.at(-1);
    while (outer !== undefined && !overlaps(outer.range, claim.range)) {
      around.pop();
      outer = around.at(-1);
    }
    around.push(claim);
    if (outer === undefined || isOwnNetwork(outer, claim)) continue;
    const [at, other] = claim.isAddress && !outer.isAddress ? [outer, claim] : [claim, outer];
    if (blamed.has(at)) continue;
    const whose =
      at.peer === other.peer
        ? `${other.text} of the same peer; leave one out`
        : `${other.text} of ${describePath(['peers', other.peer])}; an address leads to one peer`;
    blamed.set(at, faultAt(at, `overlaps ${whose}`));
  }
  return [...blamed.values()];
}

/** A router may have its own address in the network behind it. */
function isOwnNetwork(outer: Claim, inner: Claim): boolean {
  return outer.peer === inner.peer && inner.isAddress && outer.range.first !== outer.range.last;
}

function faultAt(claim: Claim, message: string): Fault {
  return { path: claim.path, on: claim.isAddress ? 'key' : 'value', value: claim.text, message };
}
