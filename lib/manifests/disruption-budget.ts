import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Inventory } from '../inventory/inventory';
import { selectorLabels } from './labels';
import { NAME } from '../names';

/** With several replicas, a drain takes them one after the other. */
export function disruptionBudget(
  scope: Construct,
  inventory: Inventory,
): k8s.KubePodDisruptionBudget | undefined {
  if (inventory.replicas === 1) return undefined;
  return new k8s.KubePodDisruptionBudget(scope, 'disruption-budget', {
    metadata: { name: NAME, namespace: inventory.namespace },
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      selector: { matchLabels: selectorLabels(inventory) },
    },
  });
}
