import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Inventory } from '../inventory/inventory';
import { NAME } from './names';

/** With several replicas, a drain takes them one after the other. */
export function disruptionBudget(scope: Construct, inventory: Inventory): void {
  if (inventory.replicas === 1) return;
  new k8s.KubePodDisruptionBudget(scope, 'disruption-budget', {
    metadata: { name: NAME, namespace: inventory.namespace },
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      selector: { matchLabels: inventory.labels },
    },
  });
}
