/** Name of the ConfigMap, the StatefulSet and the Service. */
export const NAME = 'wireguard';

/** Name of the Service, by which the client side finds the node port. */
export const SERVICE_NAME = NAME;

/** Name of the TCP port for health checks, in the pod and on the Service. */
export const HEALTH_PORT_NAME = 'health';

/** Name of the network policies that let the endpoint into other namespaces. */
export const POLICY_NAME = 'allow-from-wireguard';
