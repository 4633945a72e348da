import type { k8s } from 'cdk8s-plus-28';
import type { Inventory } from '../inventory/inventory';
import { METRICS_PORT } from '../ports';
import { networkAdmin, resources } from './container';
import { paths } from './pod/paths';

/** Name of the exporter's port, which the PodMonitor looks for. */
export const METRICS_PORT_NAME = 'metrics';

/**
 * The Prometheus exporter beside the endpoint (arguments: MindFlavor/prometheus_wireguard_exporter
 * 3.6.6, where every flag takes a value and `-n` all that follow). It calls `wg show`, which needs the
 * same rights as `wg set`. It has no probe: a pod whose metrics are missing still serves its peers.
 *
 * @param configuration names of the files in the configuration folder
 */
export function exporter(inventory: Inventory, configuration: readonly string[]): k8s.Container {
  // wg0.cfg names the peers and holds no key; of several parts the exporter makes one text.
  const peers = configuration
    .filter((file) => file.startsWith('wg0.cfg'))
    .map((file) => `${paths.config}/${file}`);
  return {
    name: 'exporter',
    image: inventory.images.exporter,
    // No sudo, and not on the service addresses: peers are no business of each other.
    args: ['-a', 'false', '-l', '$(POD_IP)', '-p', String(METRICS_PORT), '-n', ...peers],
    env: [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
    ports: [{ name: METRICS_PORT_NAME, containerPort: METRICS_PORT, protocol: 'TCP' }],
    resources: resources(inventory, 'exporter'),
    securityContext: networkAdmin,
    volumeMounts: [
      { name: 'config', mountPath: paths.config, readOnly: true },
      { name: 'wireguard-state', mountPath: paths.wireguardState },
    ],
  };
}
