import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Inventory } from '../inventory/inventory';
import { HEALTH_PORT_NAME, NAME, SERVICE_NAME } from '../names';
import { selectorLabels } from './labels';

/** The UDP Service through which peers reach the endpoint. */
export function service(scope: Construct, inventory: Inventory): k8s.KubeService {
  const { annotations, healthPort, loadBalancerSourceRanges, ipFamilies, ...settings } =
    inventory.service;
  const replicated = inventory.replicas > 1;
  return new k8s.KubeService(scope, 'service', {
    metadata: { name: SERVICE_NAME, namespace: inventory.namespace, annotations },
    spec: {
      ...settings,
      ipFamilies: ipFamilies && [...ipFamilies],
      loadBalancerSourceRanges: loadBalancerSourceRanges?.map(({ text }) => text),
      // A session lives in one replica: a client has to stay with the one it shook hands with.
      sessionAffinity: replicated ? 'ClientIP' : undefined,
      // With one replica there is nothing to fail over to: a pod that is not ready because it
      // refused a file still serves the peers it has.
      publishNotReadyAddresses: replicated ? undefined : true,
      selector: selectorLabels(inventory),
      ports: [
        {
          name: NAME,
          port: inventory.port,
          protocol: 'UDP',
          targetPort: k8s.IntOrString.fromNumber(inventory.port),
          nodePort: inventory.nodePort,
        },
        ...(healthPort === undefined
          ? []
          : [
              {
                name: HEALTH_PORT_NAME,
                port: healthPort,
                protocol: 'TCP',
                targetPort: k8s.IntOrString.fromString(HEALTH_PORT_NAME),
              },
            ]),
      ],
    },
  });
}
