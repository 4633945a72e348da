import { UserError } from '../errors';
import { hostPort } from '../formats/address';
import type { Inventory, Peer } from '../inventory/inventory';
import type { ClientConfiguration, ReachableService } from './configuration';

/** One peer's end of the tunnel: what every client format says in its own words. */
export interface Tunnel {
  readonly cluster: string;
  readonly peer: string;
  /** Name of the device, at most 15 characters as Linux allows. */
  readonly device: string;
  /** The peer's address with its prefix length, `/32` or `/128`. */
  readonly address: string;
  readonly network: string;
  readonly publicKey: string;
  /** `host:port`, IPv6 in brackets. */
  readonly endpoint: string;
  /** Bytes. */
  readonly mtu: number;
  /** Seconds. */
  readonly keepalive: number;
  /** Whether the peer has a preshared key on its own disk. */
  readonly psk: boolean;
  /** What this peer may connect to. */
  readonly services: readonly ReachableService[];
}

/** @throws UserError when nothing says where the endpoint is */
export function tunnelOf(
  inventory: Inventory,
  peer: Peer,
  configuration: ClientConfiguration,
): Tunnel {
  const { endpoint, port, network, pubkey, mtu, keepalive, services } = configuration;
  if (endpoint === undefined) {
    throw new UserError(
      `where the endpoint of ${inventory.cluster} is, nothing says: set dns in the inventory, or give ` +
        '--endpoint with the name or address of a node',
    );
  }
  return {
    cluster: inventory.cluster,
    peer: peer.name,
    device: inventory.cluster.slice(0, 15).replace(/-+$/, ''),
    address: peer.address.cidr,
    network,
    publicKey: pubkey,
    endpoint: hostPort(endpoint, port),
    mtu,
    keepalive,
    psk: peer.psk,
    services: services.filter(({ peers }) => peers?.includes(peer.name) ?? true),
  };
}

/** The services as comment lines: `# postgresql   10.1.3.17:5432 tcp`. */
export function reachableLines({ services }: Tunnel): string[] {
  if (services.length === 0) return ['# Reachable: nothing, no service lists this peer.'];
  const width = Math.max(...services.map(({ name }) => name.length));
  return [
    '# Reachable:',
    ...services.map(
      ({ name, address, port, protocol }) =>
        `#   ${name.padEnd(width)}  ${hostPort(address, port)} ${protocol}`,
    ),
  ];
}
