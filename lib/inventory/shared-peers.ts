import { overlaps } from '../formats/address';
import type { Inventory, Peer } from './inventory';

/**
 * What is odd about clusters together: those whose networks overlap and that know the same machine, by
 * its public key. It can be connected to one of them at a time. One sentence for each two clusters.
 */
export function sharedPeerWarnings(inventories: readonly Inventory[]): string[] {
  return inventories.flatMap((one, index) =>
    inventories.slice(index + 1).flatMap((other) => {
      if (!overlaps(one.network, other.network)) return [];
      const keys = new Set(other.peers.map(({ publicKey }) => publicKey));
      const [first, ...others] = one.peers.filter(({ publicKey }) => keys.has(publicKey));
      if (first === undefined) return [];
      return [
        `${one.cluster} and ${other.cluster}: their networks ${one.network.text} and ${other.network.text} overlap, ` +
          `and ${who(first, others)} both: ${others.length === 0 ? 'it is' : 'they are'} connected to one of ` +
          'them at a time; give one cluster another network',
      ];
    }),
  );
}

function who({ name }: Peer, others: readonly Peer[]): string {
  if (others.length === 0) return `peer "${name}" is in`;
  return `peer "${name}" and ${others.length} other ${others.length === 1 ? 'peer' : 'peers'} are in`;
}
