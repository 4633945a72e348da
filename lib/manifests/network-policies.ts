import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Inventory } from '../inventory/inventory';
import { selectorLabels } from './labels';
import { POLICY_NAME } from '../names';

/**
 * In each namespace the inventory lists, a policy that lets the endpoint's pod reach every pod.
 * A namespace without policies must not get one: the first policy closes it to everyone else.
 */
export function networkPolicies(scope: Construct, inventory: Inventory): k8s.KubeNetworkPolicy[] {
  return inventory.networkPolicies.map(
    (namespace) =>
      new k8s.KubeNetworkPolicy(scope, `network-policy-${namespace}`, {
        metadata: { name: POLICY_NAME, namespace },
        spec: {
          podSelector: {},
          policyTypes: ['Ingress'],
          ingress: [
            {
              from: [
                // Both selectors in one element: that namespace AND that pod. The namespace is
                // named as well, since others may be given the same labels.
                {
                  namespaceSelector: {
                    matchLabels: {
                      ...selectorLabels(inventory),
                      'kubernetes.io/metadata.name': inventory.namespace,
                    },
                  },
                  podSelector: { matchLabels: selectorLabels(inventory) },
                },
              ],
            },
          ],
        },
      }),
  );
}
