import { overlaps } from '../formats/address';
import type { Inventory, Peer } from '../inventory/inventory';
import type { ClientConfiguration } from './configuration';
import { deviceName } from './device';
import { type Tunnel, tunnelOf } from './tunnel';

/** A cluster that knows a peer. */
export interface Membership {
  readonly inventory: Inventory;
  readonly peer: Peer;
  readonly configuration: ClientConfiguration;
}

/**
 * The tunnels of one machine that several clusters know by one name: one device for all that know it
 * by the same address and key, and one for each other. Clusters whose networks overlap, or that have
 * one host key, cannot share a device: the last one would have all of the traffic.
 *
 * @param clusters names of all clusters there are, of which none may lose its device's name
 * @throws UserError when nothing says where an endpoint is
 */
export function joinedTunnels(
  memberships: readonly Membership[],
  clusters: readonly string[],
): Tunnel[] {
  const groups: Membership[][] = [];
  for (const membership of memberships) {
    const group = groups.find((members) => members.every((member) => canShare(member, membership)));
    if (group === undefined) groups.push([membership]);
    else group.push(membership);
  }
  const shared = groups.filter((group) => group.length > 1).map(nameOf);
  return groups.map((group) => {
    const tunnels = group.map(({ inventory, peer, configuration }) => {
      const others = clusters.filter((name) => name !== inventory.cluster);
      return tunnelOf(inventory, peer, configuration, deviceName(inventory.cluster, others));
    });
    const [first] = tunnels;
    if (first === undefined) throw new Error('a group has a member');
    if (tunnels.length === 1) return first;
    const name = nameOf(group);
    const others = [...clusters, ...shared.filter((other) => other !== name)];
    return {
      ...first,
      device: deviceName(name, others),
      mtu: Math.min(...tunnels.map(({ mtu }) => mtu)),
      endpoints: tunnels.flatMap(({ endpoints }) => endpoints),
    };
  });

  /** The peer's name for the one device it shares, or for each of several with a cluster's behind it. */
  function nameOf(group: readonly Membership[]): string {
    const [first] = group;
    if (first === undefined) throw new Error('a group has a member');
    const isOnly = groups.filter((other) => other.length > 1).length === 1;
    return isOnly ? first.peer.name : `${first.peer.name}-${first.inventory.cluster}`;
  }
}

function canShare(one: Membership, other: Membership): boolean {
  return (
    one.peer.address.text === other.peer.address.text &&
    one.peer.publicKey === other.peer.publicKey &&
    one.configuration.publicKey !== other.configuration.publicKey &&
    !networksOverlap(one, other)
  );
}

/** Pairs of clusters of which a machine reaches only one at a time, each as a sentence. */
export function overlapNotes(memberships: readonly Membership[]): string[] {
  return memberships.flatMap((one, index) =>
    memberships
      .slice(index + 1)
      .filter((other) => networksOverlap(one, other))
      .map(
        (other) =>
          `${one.inventory.cluster} and ${other.inventory.cluster}: their networks ${one.inventory.network.text} and ` +
          `${other.inventory.network.text} overlap, so only one of these tunnels can be up at a time`,
      ),
  );
}

function networksOverlap(one: Membership, other: Membership): boolean {
  return overlaps(one.inventory.network, other.inventory.network);
}
