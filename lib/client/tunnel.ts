import { UserError } from '../errors';
import { hostPort } from '../formats/address';
import type { Inventory, Peer } from '../inventory/inventory';
import type { ClientConfiguration } from './configuration';
import { deviceName } from './device';

/** One peer's end of a tunnel: what every client format says in its own words. */
export interface Tunnel {
  readonly peer: string;
  /** Name of the device, at most 15 characters as Linux allows. */
  readonly device: string;
  /** The peer's address with its prefix length, `/32` or `/128`. */
  readonly address: string;
  /** Bytes. */
  readonly mtu: number;
  /** Where it leads: one cluster, or several that know the peer by the same address and key. */
  readonly endpoints: readonly TunnelEndpoint[];
}

/** A cluster's end of a tunnel. */
export interface TunnelEndpoint extends Pick<
  ClientConfiguration,
  'network' | 'publicKey' | 'keepalive' | 'services'
> {
  readonly cluster: string;
  /** `host:port`, IPv6 in brackets. */
  readonly endpoint: string;
  /** Name of the preshared key's file on the peer's own disk, without folder; absent: there is none. */
  readonly presharedKey?: string;
}

/**
 * @param device name of the device, at most 15 characters @default the cluster's name, cut
 * @throws UserError when nothing says where the endpoint is
 */
export function tunnelOf(
  inventory: Inventory,
  peer: Peer,
  configuration: ClientConfiguration,
  device: string = deviceName(inventory.cluster),
): Tunnel {
  const { endpoint, port, network, publicKey, mtu, keepalive, services } = configuration;
  if (endpoint === undefined) {
    throw new UserError(
      `where the endpoint of ${inventory.cluster} is, nothing says: set dns in the inventory, or give ` +
        '--endpoint with the name or address of a node',
    );
  }
  const end = {
    cluster: inventory.cluster,
    network,
    publicKey,
    endpoint: hostPort(endpoint, port),
    keepalive,
    ...(peer.psk && { presharedKey: `${device}.psk` }),
    services: services.filter(({ peers }) => peers?.includes(peer.name) ?? true),
  };
  return { peer: peer.name, device, address: peer.address.cidr, mtu, endpoints: [end] };
}

/** The clusters of a tunnel in a sentence: `myth`, `myth and yard`, `myth, yard and zoo`. */
export function clustersOf({ endpoints }: Tunnel): string {
  const names = endpoints.map(({ cluster }) => cluster);
  const last = names.slice(-1);
  return [names.slice(0, -1).join(', '), ...last].filter((part) => part !== '').join(' and ');
}

/** The services as comment lines: `# postgresql   10.1.3.17:5432 tcp`. */
export function reachableLines({ endpoints }: Tunnel): string[] {
  return endpoints.flatMap(({ cluster, services }) => {
    const where = endpoints.length === 1 ? '' : ` in ${cluster}`;
    if (services.length === 0) return [`# Reachable${where}: nothing, no service lists this peer.`];
    const width = Math.max(...services.map(({ name }) => name.length));
    return [
      `# Reachable${where}:`,
      ...services.map(
        ({ name, address, port, protocol }) =>
          `#   ${name.padEnd(width)}  ${hostPort(address, port)} ${protocol}`,
      ),
    ];
  });
}
