import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { UserError } from '../errors';
import { readIfThere } from '../files';
import { text } from '../formats/fields';
import { isEndpointHost } from '../formats/host-name';
import { publicKey as publicKeyRule } from '../formats/wireguard-key';
import type { Inventory } from '../inventory/inventory';

/** What a client needs to know to connect, in the order of the file's keys. */
export interface ClientConfiguration {
  /** What clients put in AllowedIPs. */
  readonly network: string;
  /** UDP port of the endpoint as seen from outside. */
  readonly port: number;
  /** The endpoint's public key. */
  readonly publicKey: string;
  /** Host name or address; absent when neither `dns` nor a load balancer gives one. */
  readonly endpoint?: string;
  /** MTU of the client's tunnel device, bytes. */
  readonly mtu: number;
  /** PersistentKeepalive, seconds. */
  readonly keepalive: number;
  readonly services: readonly ReachableService[];
}

/** How a client reaches the endpoint. */
export type Reach = Pick<ClientConfiguration, 'port' | 'endpoint'>;

/** A service as a peer sees it. */
export interface ReachableService {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** Names of the only peers that may connect; absent: every peer may. */
  readonly peers?: readonly string[];
}

/** Below the 30 s after which conntrack forgets an unanswered UDP flow on a node. */
const KEEPALIVE = 25;

/** WireGuard over IPv6 on a 1,500 byte path, as wg-quick takes it. */
const INTERNET_MTU = 1420;

/**
 * What clients are told. Their MTU is the inventory's when that is below 1420: a larger one speaks
 * of the cluster's network, not of the path between client and node.
 */
export function clientConfiguration(
  inventory: Inventory,
  publicKey: string,
  { port, endpoint }: Reach,
): ClientConfiguration {
  return {
    network: inventory.network.text,
    port,
    publicKey,
    ...(endpoint !== undefined && { endpoint }),
    mtu: Math.min(INTERNET_MTU, inventory.mtu ?? INTERNET_MTU),
    keepalive: KEEPALIVE,
    services: inventory.services.map(({ name, address, port, protocol, peers }) => ({
      name,
      address: address.text,
      port,
      protocol,
      ...(peers && { peers: peers.map((peer) => peer.name) }),
    })),
  };
}

/** Name of the file, as in the original design. */
export function configurationFile(cluster: string): string {
  return `wireguard-generated-configuration-${cluster}.yaml`;
}

/** The file's text. */
export function renderConfiguration({
  network,
  port,
  publicKey,
  ...rest
}: ClientConfiguration): string {
  const content = { network, port, pubkey: publicKey, ...rest };
  return stringify(content, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** What of the file only the cluster knows. */
type Written = Reach & Pick<ClientConfiguration, 'publicKey'>;

const written = z
  .object({
    port: z.number().int().min(1).max(65535),
    pubkey: text(publicKeyRule),
    endpoint: z
      .string()
      .refine(isEndpointHost, { error: 'must be a host name or an address' })
      .optional(),
  })
  .transform(({ pubkey, ...reach }): Written => ({
    ...reach,
    publicKey: pubkey,
  }));

/**
 * Reads back from the file what only the cluster knows.
 * @returns undefined when there is no such file
 * @throws UserError when it is not one of ours
 */
export function readConfiguration(file: string): Written | undefined {
  const found = readIfThere(file);
  if (found === undefined) return undefined;
  const repair = 'run `npm run dns` to write it anew';
  let content: unknown;
  try {
    content = parse(found, { logLevel: 'error' });
  } catch {
    throw new UserError(`${file} is not YAML: ${repair}`);
  }
  const parsed = written.safeParse(content);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new UserError(`${file} is not a client configuration (${places.join('; ')}): ${repair}`);
}
