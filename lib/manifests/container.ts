import { k8s } from 'cdk8s-plus-28';
import type { ContainerName } from '../inventory/containers';
import type { Inventory } from '../inventory/inventory';

/** What holds for every container of the pod. */
export const confined = { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true };

/**
 * uid 0 with the one right that wg0 takes. Linux gives a capability to uid 0 only: Kubernetes has
 * no ambient capabilities.
 */
export const networkAdmin = {
  ...confined,
  runAsUser: 0,
  capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] },
};

/** A container's requests and limits. */
export function resources(
  inventory: Inventory,
  container: ContainerName,
): k8s.ResourceRequirements {
  const { requests, limits } = inventory.resources[container];
  return { requests: quantities(requests), limits: limits && quantities(limits) };
}

function quantities(all: Readonly<Record<string, string>>): Record<string, k8s.Quantity> {
  return Object.fromEntries(
    Object.entries(all).map(([name, quantity]) => [name, k8s.Quantity.fromString(quantity)]),
  );
}
