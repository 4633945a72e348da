import type { Inventory, Peer } from '../../lib/inventory/inventory';

/** As much of an inventory as keys depend on, and plausible values for the rest. */
export function inventory(changes: Partial<Inventory> = {}): Inventory {
  return {
    cluster: 'myth',
    network: '10.1.3.16/28',
    peers: [peer('hero'), peer('yen')],
    services: [],
    networkPolicies: [],
    port: 342,
    namespace: 'wireguard',
    labels: { app: 'wireguard' },
    replicas: 1,
    service: { type: 'NodePort', externalTrafficPolicy: 'Cluster' },
    images: { wireguard: 'alpine', nginx: 'nginx', exporter: 'exporter' },
    resources: { wireguard: {}, nginx: {}, exporter: {} },
    resolver: [],
    clusterDomain: 'cluster.local',
    metrics: false,
    isolate: false,
    monitoringNamespace: 'monitoring',
    userspace: false,
    ...changes,
  };
}

export function peer(name: string, psk = false): Peer {
  const publicKey = 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=';
  return { name, address: '10.1.2.4', publicKey, allowedIPs: [], psk };
}
