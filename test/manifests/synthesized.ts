import { Chart, App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Inventory } from '../../lib/inventory/inventory';
import { WireguardEndpoint } from '../../lib/manifests/endpoint';

/** The article's inventory, checked. */
export const myth: Inventory = {
  cluster: 'myth',
  network: '10.1.3.16/28',
  peers: [
    peer('hero', '10.1.2.4', 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0='),
    peer('yen', '10.1.2.9', 'R4A01RXXqRJSY9TiKQrZGR85HsFNSXxhRKKEu/bEdTQ='),
  ],
  services: [
    service('kubernetes', 0, 'kubernetes.default.svc.cluster.local', 443),
    service('postgresql', 1, 'postgresql.postgresql.svc.cluster.local', 5432),
  ],
  dns: { zone: 'adyxax.org', name: 'wireguard', target: 'myth.adyxax.org', services: false },
  networkPolicies: ['postgresql'],
  port: 342,
  namespace: 'wireguard',
  labels: { app: 'wireguard' },
  replicas: 1,
  service: { type: 'NodePort', externalTrafficPolicy: 'Cluster' },
  images: {
    wireguard: 'alpine:3.24.1',
    nginx: 'nginx:1.30.4-alpine3.24',
    exporter: 'mindflavor/prometheus-wireguard-exporter:3.6.6',
  },
  resources: { wireguard: {}, nginx: {}, exporter: {} },
  resolver: [],
  userspace: false,
  clusterDomain: 'cluster.local',
  metrics: false,
};

export function peer(name: string, address: string, publicKey: string): Inventory['peers'][number] {
  return { name, address, publicKey, allowedIPs: [], psk: false };
}

/** A service on the n-th address of 10.1.3.16/28 that listens where its destination does. */
export function service(
  name: string,
  offset: number,
  host: string,
  port: number,
): Inventory['services'][number] {
  const address = `10.1.3.${16 + offset}`;
  const dest = { host, port };
  return {
    name,
    offset,
    address,
    port,
    dest,
    protocol: 'tcp',
    timeout: '24h',
    proxyProtocol: false,
  };
}

/** As much of any manifest as tests look at. */
export interface Manifest<Spec = unknown> {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Spec;
  readonly data?: Readonly<Record<string, string>>;
}

/** The manifests of an inventory. */
export function synthesize(inventory: Inventory): Manifest[] {
  const chart = new Chart(new App(), 'wireguard');
  new WireguardEndpoint(chart, 'endpoint', { inventory });
  return chart.toJson() as Manifest[];
}

/** The pod's containers by name. */
export function containers(manifests: readonly Manifest[]): ReadonlyMap<string, k8s.Container> {
  const statefulSet = manifests.find(({ kind }) => kind === 'StatefulSet');
  const { template } = statefulSet?.spec as k8s.StatefulSetSpec;
  return new Map((template.spec?.containers ?? []).map((container) => [container.name, container]));
}
