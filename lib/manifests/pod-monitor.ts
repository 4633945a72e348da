import type { Construct } from 'constructs';
import { PodMonitor } from '../../imports/monitoring.coreos.com';
import type { Inventory } from '../inventory/inventory';
import { METRICS_PORT_NAME } from './exporter';
import { NAME } from './names';

/** Tells the Prometheus operator to scrape the exporter in every replica. */
export function podMonitor(scope: Construct, inventory: Inventory): void {
  if (!inventory.metrics) return;
  new PodMonitor(scope, 'pod-monitor', {
    metadata: { name: NAME, namespace: inventory.namespace, labels: inventory.labels },
    spec: {
      selector: { matchLabels: inventory.labels },
      podMetricsEndpoints: [{ port: METRICS_PORT_NAME, interval: '30s' }],
    },
  });
}
