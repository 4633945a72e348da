import { setTimeout as sleep } from 'node:timers/promises';
import { endpointName } from '../dns/record';
import { UserError } from '../errors';
import type { Inventory } from '../inventory/inventory';
import { SERVICE_NAME } from '../names';
import type { Reach } from './configuration';
import { ClusterUnavailable, type LiveService, liveServiceReader } from './live-service';

export interface WaitOptions {
  /** How long to wait for a Service, or an API server, that does not exist yet, milliseconds. @default 0 */
  readonly waitMs?: number;
  /** Between two looks, milliseconds. @default 2000 */
  readonly intervalMs?: number;
  /** Told what is waited for, once and whenever that changes. */
  readonly onWait?: (reason: string) => void;
}

/**
 * What the inventory alone tells: the pinned node port, or a load balancer's port, and the name of
 * the DNS record.
 * @returns undefined when the cluster has to be asked
 */
export function pinnedReach(inventory: Inventory): Reach | undefined {
  const { nodePort, port, service } = inventory;
  const named = namedEndpoint(inventory);
  if (service.type === 'LoadBalancer') {
    return named.endpoint === undefined ? undefined : { port, ...named };
  }
  return nodePort === undefined ? undefined : { port: nodePort, ...named };
}

/**
 * How clients reach the endpoint: as the inventory says, or else as the live Service says.
 * @throws UserError when neither tells
 */
export async function findReach(inventory: Inventory, options: WaitOptions = {}): Promise<Reach> {
  const pinned = pinnedReach(inventory);
  if (pinned !== undefined) return pinned;
  const { kubernetes, service, namespace } = inventory;
  if (kubernetes === undefined) {
    const [unknown, repair] =
      service.type === 'LoadBalancer'
        ? ["the load balancer's address", 'set dns']
        : ['the node port', 'pin nodePort (30000-32767)'];
    throw new UserError(
      `${unknown} is known to the cluster alone: ${repair}, or set kubernetes: { kubeconfig, context } ` +
        'in the inventory to have the cluster asked',
    );
  }
  const read = liveServiceReader(inventory, kubernetes);
  const { waitMs = 0, intervalMs = 2000, onWait } = options;
  const end = Date.now() + waitMs;
  for (let last: string | undefined; ;) {
    const found = await read().then(
      (live) => reachOf(inventory, live),
      (error: unknown) => {
        if (error instanceof ClusterUnavailable) return error;
        throw error;
      },
    );
    if (typeof found !== 'string' && !(found instanceof ClusterUnavailable)) return found;
    const [reason, repair] =
      typeof found === 'string'
        ? [
            `Service ${namespace}/${SERVICE_NAME}, context "${kubernetes.context}": ${found}`,
            'apply the manifests',
          ]
        : [found.message, 'check that the cluster is up'];
    if (Date.now() + intervalMs > end) {
      throw new UserError(
        `${reason}; ${waitMs > 0 ? 'waited in vain' : `${repair}, or wait with --wait`}`,
      );
    }
    if (reason !== last) onWait?.(reason);
    last = reason;
    await sleep(intervalMs);
  }
}

/** @returns what is still missing, as text, when the live Service is not as the inventory has it */
function reachOf(inventory: Inventory, live: LiveService | undefined): Reach | string {
  const { service, port } = inventory;
  if (live === undefined) return 'it does not exist yet';
  if (live.type !== service.type) {
    return `its type is ${live.type}, the inventory says ${service.type}`;
  }
  const entry = live.ports.find((entry) => entry.protocol === 'UDP' && entry.port === port);
  if (entry === undefined) return `it has no UDP port ${port}, as the inventory says`;
  const named = namedEndpoint(inventory);
  if (service.type === 'NodePort') {
    return entry.nodePort === undefined
      ? 'it has no node port yet'
      : { port: entry.nodePort, ...named };
  }
  const [address] = live.addresses;
  return address === undefined
    ? 'its load balancer has no address yet'
    : { port, endpoint: address };
}

function namedEndpoint({ dns }: Inventory): { readonly endpoint?: string } {
  return dns === undefined ? {} : { endpoint: endpointName(dns) };
}
