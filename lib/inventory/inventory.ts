import { resolve } from 'node:path';
import { addressAt, compareRanges, overlaps, type Range } from '../formats/address';
import { namespaceOf, type Destination } from './destination';
import type { Peer, Sections } from './schema';

/**
 * A checked inventory: what every other room works from. Nothing in it needs checking again, lists
 * are in a stable order, and every default is filled in.
 */
export interface Inventory extends Omit<Sections, 'services'> {
  /** Name of the cluster: the inventory file's name without its ending. A DNS label. */
  readonly cluster: string;
  /** Services by ascending address, then protocol, then port. */
  readonly services: readonly Service[];
}

export type { Peer };

/** A service as the file has it, its peers by name. */
export type GivenService = Sections['services'][number][1][number];

/** One listener: a port on a VPN address, and where its connections go. */
export interface Service extends Omit<GivenService, 'peers'> {
  /** Position of `address` in the network, from 0. */
  readonly offset: number;
  /** VPN address. */
  readonly address: Range;
  readonly dest: Destination & {
    /** The Kubernetes namespace it leads to, when the host is a name in the cluster's domain. */
    readonly namespace?: string;
    /** Name of the peer it lies behind, when it is a peer's address or in a network of one. */
    readonly peer?: string;
  };
  /** Idle time after which a connection is closed, in nginx's notation: `24h`. */
  readonly timeout: string;
  /** The only peers that may connect, by name; absent: every peer may. */
  readonly peers?: readonly Peer[];
}

/** What may leave an endpoint with a policy of its own, beside its destinations. */
export type Isolation = Exclude<Inventory['isolate'], false>;

/** The DNS record of the endpoint. */
export type DnsSettings = NonNullable<Inventory['dns']>;

/** Which cluster to ask; never the default context. */
export type KubernetesSettings = NonNullable<Inventory['kubernetes']>;

/**
 * Puts sections without issues into the form every other room works from.
 *
 * @param folder what `kubernetes.kubeconfig` is relative to
 */
export function resolveInventory(sections: Sections, cluster: string, folder: string): Inventory {
  const { kubernetes, networkPolicies } = sections;
  const peers = sections.peers
    .map((peer) => ({ ...peer, allowedIPs: peer.allowedIPs.toSorted(compareRanges) }))
    .sort((a, b) => compareRanges(a.address, b.address));
  return {
    ...sections,
    cluster,
    peers,
    services: resolveServices(sections, peers),
    networkPolicies: [...networkPolicies].sort(),
    ...(kubernetes && {
      kubernetes: { ...kubernetes, kubeconfig: resolve(folder, kubernetes.kubeconfig) },
    }),
  };
}

function resolveServices(
  { services, network, clusterDomain }: Sections,
  peers: readonly Peer[],
): Service[] {
  const byName = new Map(peers.map((peer) => [peer.name, peer]));
  const ownerOf = owners(peers);
  return services
    .flatMap(([offset, list]) =>
      // An address in the place of an offset was refused.
      typeof offset === 'number' ? [{ offset, list, address: addressAt(network, offset) }] : [],
    )
    .sort((a, b) => a.offset - b.offset)
    .flatMap(({ offset, list, address }) =>
      list
        .map(({ peers: names, ...service }): Service => {
          const { dest } = service;
          const namespace = namespaceOf(dest.host, clusterDomain);
          const peer = ownerOf(dest.address)?.name;
          return {
            ...service,
            offset,
            address,
            dest: {
              ...dest,
              ...(namespace !== undefined && { namespace }),
              ...(peer !== undefined && { peer }),
            },
            timeout: service.timeout ?? (service.protocol === 'udp' ? '1m' : '24h'),
            ...(names && { peers: [...names].sort().flatMap((name) => byName.get(name) ?? []) }),
          };
        })
        .sort((a, b) =>
          a.protocol === b.protocol ? a.port - b.port : a.protocol < b.protocol ? -1 : 1,
        ),
    );
}

/** Finds the peer whose address, or network behind it, an address is. */
function owners(peers: readonly Peer[]): (address: Range | undefined) => Peer | undefined {
  const byAddress = new Map(peers.map((peer) => [peer.address.text, peer]));
  const routed = peers.flatMap((peer) => peer.allowedIPs.map((block) => ({ peer, block })));
  return (address) =>
    address &&
    (byAddress.get(address.text) ?? routed.find(({ block }) => overlaps(block, address))?.peer);
}
