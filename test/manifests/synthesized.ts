import { App, Chart } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { checkInventory } from '../../lib/inventory/check';
import type { Inventory } from '../../lib/inventory/inventory';
import type { InventoryInput } from '../../lib/inventory/schema';
import { WireguardEndpoint } from '../../lib/manifests/endpoint';

const article: InventoryInput = {
  network: '10.1.3.16/28',
  peers: {
    '10.1.2.4': { name: 'hero', pubkey: 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=' },
    '10.1.2.9': { name: 'yen', pubkey: 'R4A01RXXqRJSY9TiKQrZGR85HsFNSXxhRKKEu/bEdTQ=' },
  },
  services: {
    0: [{ name: 'kubernetes', dest: 'kubernetes.default.svc.cluster.local:443', port: 443 }],
    1: [{ name: 'postgresql', dest: 'postgresql.postgresql.svc.cluster.local:5432', port: 5432 }],
  },
  networkPolicies: ['postgresql'],
};

/** The article's inventory with other keys laid over it, checked. */
export function myth(keys: Partial<InventoryInput> = {}): Inventory {
  return checkInventory({ ...article, ...keys }, 'myth');
}

/** As much of any manifest as tests look at. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: unknown;
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
