import { Chart, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Inventory } from '../inventory/inventory';

/**
 * What of PodSecurity the pod is outside of: NET_ADMIN is not in the baseline profile. A cluster that
 * enforces it would refuse the pod, one that warns or audits would do so at every apply.
 */
const podSecurity = Object.fromEntries(
  ['enforce', 'warn', 'audit'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'privileged']),
);

/** The endpoint's namespace. Its labels are what network policies elsewhere select by. */
export function namespace(scope: Construct, inventory: Inventory): k8s.KubeNamespace {
  const made = new k8s.KubeNamespace(scope, 'namespace', {
    metadata: {
      name: inventory.namespace,
      labels: { ...inventory.labels, ...podSecurity },
    },
  });
  // A chart's namespace is stamped on every object, but a Namespace has none.
  if (Chart.of(scope).namespace !== undefined) {
    made.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }
  return made;
}
