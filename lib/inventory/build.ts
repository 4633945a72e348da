import { resolve } from 'node:path';
import { addressAt, compareRanges, knownNetwork } from './address';
import { readDestination } from './destination';
import type { Inventory, Peer, Service } from './inventory';
import { mergeResources } from './resources';
import type { InventoryData } from './schema';

/**
 * Puts data without faults into the form every other room works from.
 *
 * @param folder what `kubernetes.kubeconfig` is relative to
 */
export function buildInventory(data: InventoryData, cluster: string, folder: string): Inventory {
  const { dns, nodePort, kubernetes, mtu, key } = data;
  return {
    cluster,
    network: data.network,
    peers: buildPeers(data),
    services: buildServices(data),
    ...(dns && { dns }),
    networkPolicies: [...data.networkPolicies].sort(),
    port: data.port,
    ...(nodePort !== undefined && { nodePort }),
    ...(kubernetes && {
      kubernetes: { ...kubernetes, kubeconfig: resolve(folder, kubernetes.kubeconfig) },
    }),
    namespace: data.namespace,
    labels: Object.fromEntries(Object.entries(data.labels).sort(([a], [b]) => (a < b ? -1 : 1))),
    replicas: data.replicas,
    service: data.service,
    images: data.images,
    resources: mergeResources(data.resources),
    ...(mtu !== undefined && { mtu }),
    resolver: data.resolver,
    userspace: data.userspace,
    clusterDomain: data.clusterDomain,
    metrics: data.metrics,
    monitoringNamespace: data.monitoringNamespace,
    isolate: data.isolate,
    ...(key && { key: { secretName: key.secretName, publicKey: key.pubkey } }),
  };
}

function buildPeers(data: InventoryData): Peer[] {
  return byRange(Object.entries(data.peers), ([address]) => address).map(([address, peer]) => ({
    name: peer.name,
    address,
    publicKey: peer.pubkey,
    allowedIPs: byRange(peer.allowedIPs, (cidr) => cidr),
    psk: peer.psk,
  }));
}

function buildServices(data: InventoryData): Service[] {
  const network = knownNetwork(data.network);
  return Object.entries(data.services)
    .map(([offset, list]) => ({ offset: Number(offset), list }))
    .sort((a, b) => a.offset - b.offset)
    .flatMap(({ offset, list }) => {
      const address = addressAt(network, offset);
      return list
        .map((entry) => buildService(entry, offset, address, data.clusterDomain))
        .sort((a, b) =>
          a.protocol === b.protocol ? a.port - b.port : a.protocol < b.protocol ? -1 : 1,
        );
    });
}

function buildService(
  entry: InventoryData['services'][string][number],
  offset: number,
  address: string,
  clusterDomain: string,
): Service {
  const reading = readDestination(entry.dest, clusterDomain);
  if ('problem' in reading) throw new Error(`unchecked destination ${entry.dest}`);
  const { host, port } = reading.dest;
  return {
    name: entry.name,
    offset,
    address,
    port: entry.port,
    protocol: entry.protocol,
    dest: { host, port },
    ...(entry.peers && { peers: [...entry.peers].sort() }),
    timeout: entry.timeout ?? (entry.protocol === 'udp' ? '1m' : '24h'),
    proxyProtocol: entry.proxyProtocol,
  };
}

/** Sorts by the address or CIDR each item has, reading each once. */
function byRange<Item>(list: readonly Item[], text: (item: Item) => string): Item[] {
  return list
    .map((item) => ({ item, range: knownNetwork(text(item)) }))
    .sort((a, b) => compareRanges(a.range, b.range))
    .map(({ item }) => item);
}
