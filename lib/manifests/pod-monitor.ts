import type { Construct } from 'constructs';
import { PodMonitor } from '../../imports/monitoring.coreos.com';
import type { Inventory } from '../inventory/inventory';
import { METRICS_PORT_NAME } from './exporter';
import { selectorLabels } from './labels';
import { NAME } from '../names';

/** Tells the Prometheus operator to scrape the exporter in every replica. */
export function podMonitor(scope: Construct, inventory: Inventory): PodMonitor | undefined {
  if (!inventory.metrics) return undefined;
  return new PodMonitor(scope, 'pod-monitor', {
    metadata: { name: NAME, namespace: inventory.namespace, labels: inventory.labels },
    spec: {
      selector: { matchLabels: selectorLabels(inventory) },
      podMetricsEndpoints: [{ port: METRICS_PORT_NAME, interval: '30s' }],
    },
  });
}
