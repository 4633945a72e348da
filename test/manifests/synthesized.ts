import { App, Chart } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Inventory } from '../../lib/inventory/inventory';
import { WireguardEndpoint } from '../../lib/manifests/endpoint';

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
