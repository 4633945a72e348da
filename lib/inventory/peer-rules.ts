import { compareRanges, overlaps, type Range } from '../formats/address';
import type { Peer } from './inventory';
import type { Path } from '../yaml/yaml-places';
import { describePath, issueAt, type Issue } from './issue';

/** What peers must be to each other. WireGuard itself would let the last one win. */
export function peerIssues(peers: readonly Peer[]): Issue[] {
  return [
    ...repeated(peers, 'name', ({ name }) => name, 'name'),
    ...repeated(peers, 'pubkey', ({ publicKey }) => publicKey, 'public key'),
    ...overlapIssues(peers.flatMap(claimsOf)),
  ];
}

/** No peer may have an address among those of the services. */
export function networkIssues(peers: readonly Peer[], network: Range): Issue[] {
  const message = `overlaps the network ${network.text}, whose addresses are for services; move one of them`;
  return peers
    .flatMap(claimsOf)
    .filter(({ range }) => overlaps(range, network))
    .map((claim) => issueWith(claim, message));
}

/** No peer may have the endpoint's key. */
export function ownKeyIssues(peers: readonly Peer[], publicKey: string): Issue[] {
  return peers
    .filter((peer) => peer.publicKey === publicKey)
    .map((peer) =>
      issueAt([...pathOf(peer), 'pubkey'], "is the endpoint's own public key; give the peer's"),
    );
}

function pathOf({ address }: Peer): Path {
  return ['peers', address.text];
}

function repeated(
  peers: readonly Peer[],
  key: string,
  valueOf: (peer: Peer) => string,
  what: string,
): Issue[] {
  const holders = new Map<string, Peer>();
  return peers.flatMap((peer): Issue[] => {
    const holder = holders.get(valueOf(peer));
    if (holder === undefined) {
      holders.set(valueOf(peer), peer);
      return [];
    }
    const message = `is the ${what} of ${describePath(pathOf(holder))} too; each peer has its own`;
    return [issueAt([...pathOf(peer), key], message)];
  });
}

/** A block of addresses that leads to one peer, and where it stands. */
interface Claim {
  readonly peer: Peer;
  readonly path: Path;
  readonly range: Range;
}

function claimsOf(peer: Peer): Claim[] {
  const path = pathOf(peer);
  return [
    { peer, path, range: peer.address },
    ...peer.allowedIPs.map((range, index) => ({
      peer,
      path: [...path, 'allowedIPs', index],
      range,
    })),
  ];
}

/** Whether it is the address of the peer, which is its key, and none of its allowedIPs. */
function isAddress({ peer, range }: Claim): boolean {
  return range === peer.address;
}

/** One pass over the sorted blocks: of two CIDRs that overlap, one holds the other. */
function overlapIssues(claims: readonly Claim[]): Issue[] {
  const around: Claim[] = [];
  const blamed = new Map<Claim, Issue>();
  for (const claim of [...claims].sort((a, b) => compareRanges(a.range, b.range))) {
    let outer = around.at(-1);
    while (outer !== undefined && !overlaps(outer.range, claim.range)) {
      around.pop();
      outer = around.at(-1);
    }
    around.push(claim);
    if (outer === undefined || isOwnNetwork(outer, claim)) continue;
    const [at, other] = isAddress(claim) && !isAddress(outer) ? [outer, claim] : [claim, outer];
    if (blamed.has(at)) continue;
    const whose =
      at.peer === other.peer
        ? `${other.range.text} of the same peer; leave one out`
        : `${other.range.text} of ${describePath(pathOf(other.peer))}; an address leads to one peer`;
    blamed.set(at, issueWith(at, `overlaps ${whose}`));
  }
  return [...blamed.values()];
}

/** A router may have its own address in the network behind it. */
function isOwnNetwork(outer: Claim, inner: Claim): boolean {
  return outer.peer === inner.peer && isAddress(inner) && outer.range.first !== outer.range.last;
}

function issueWith(claim: Claim, message: string): Issue {
  return issueAt(claim.path, message, isAddress(claim) ? 'key' : 'value');
}
