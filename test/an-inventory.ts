import type { Inventory, Service } from '../lib/inventory/inventory';

/** The article's inventory, with a pinned node port and a key from elsewhere. */
export function anInventory(changes: Partial<Inventory> = {}): Inventory {
  return {
    cluster: 'myth',
    network: '10.1.3.16/28',
    peers: [
      {
        name: 'hero',
        address: '10.1.2.4',
        publicKey: 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=',
        allowedIPs: [],
        psk: false,
      },
      {
        name: 'yen',
        address: '10.1.2.9',
        publicKey: 'R4A01RXXqRJSY9TiKQrZGR85HsFNSXxhRKKEu/bEdTQ=',
        allowedIPs: [],
        psk: false,
      },
    ],
    services: [
      aService({ name: 'kubernetes', address: '10.1.3.16', port: 443 }),
      aService({ name: 'postgresql', address: '10.1.3.17', port: 5432 }),
    ],
    dns: { zone: 'adyxax.org', name: 'wireguard', target: 'myth.adyxax.org', services: false },
    networkPolicies: [],
    port: 342,
    nodePort: 30342,
    namespace: 'wireguard',
    labels: { app: 'wireguard' },
    replicas: 1,
    service: { type: 'NodePort', externalTrafficPolicy: 'Cluster' },
    images: { wireguard: 'alpine', nginx: 'nginx', exporter: 'exporter' },
    resources: { wireguard: {}, nginx: {}, exporter: {} },
    resolver: [],
    clusterDomain: 'cluster.local',
    userspace: false,
    metrics: false,
    isolate: false,
    monitoringNamespace: 'monitoring',
    key: { secretName: 'host-key', publicKey: 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=' },
    ...changes,
  };
}

export function aService(changes: Partial<Service>): Service {
  return {
    name: 'postgresql',
    offset: 0,
    address: '10.1.3.17',
    port: 5432,
    protocol: 'tcp',
    dest: { host: 'postgresql.postgresql.svc.cluster.local', port: 5432 },
    timeout: '24h',
    proxyProtocol: false,
    ...changes,
  };
}
