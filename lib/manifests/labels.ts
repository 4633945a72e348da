import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Inventory } from '../inventory/inventory';

/**
 * What selects the pods: the label `app` alone. Kubernetes never lets a StatefulSet's selector
 * change, so every other label stays free to.
 */
export function selectorLabels({ labels }: Inventory): Record<string, string> {
  return { app: labels.app ?? 'wireguard' };
}

/** What the pods carry: the labels of the chart and the inventory, and what selects them. */
export function podLabels(scope: Construct, inventory: Inventory): Record<string, string> {
  return { ...Chart.of(scope).labels, ...selectorLabels(inventory), ...inventory.labels };
}
