import { Chart, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Inventory } from '../inventory/inventory';

/** The endpoint's namespace. Its labels are what network policies elsewhere select by. */
export function namespace(scope: Construct, inventory: Inventory): k8s.KubeNamespace {
  const made = new k8s.KubeNamespace(scope, 'namespace', {
    metadata: {
      name: inventory.namespace,
      // NET_ADMIN is outside the baseline profile; clusters that enforce it would refuse the pod.
      labels: { ...inventory.labels, 'pod-security.kubernetes.io/enforce': 'privileged' },
    },
  });
  // A chart's namespace is stamped on every object, but a Namespace has none.
  if (Chart.of(scope).namespace !== undefined) {
    made.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }
  return made;
}
