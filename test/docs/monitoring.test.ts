import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const folder = join(__dirname, '../../docs/monitoring');
const alerts = readFileSync(join(folder, 'alerts.yaml'), 'utf8');
const dashboard = readFileSync(join(folder, 'dashboard.json'), 'utf8');

/** What the exporter exposes (3.6.6, without `-d`), and what Prometheus adds. */
const metrics = [
  'wireguard_latest_handshake_seconds',
  'wireguard_received_bytes_total',
  'wireguard_sent_bytes_total',
];

interface Rule {
  readonly alert: string;
  readonly expr: string;
}

test('alerts and dashboard ask for metrics that exist', () => {
  const asked = new Set(`${alerts}${dashboard}`.match(/wireguard_\w+/g));
  expect([...asked].sort()).toEqual(metrics);
});

test('alerts name the job the PodMonitor makes', () => {
  const { spec } = parse(alerts) as { spec: { groups: { rules: Rule[] }[] } };
  const rules = spec.groups.flatMap((group) => group.rules);
  const scraped = rules.find(({ alert }) => alert === 'WireguardNotScraped');
  expect(scraped?.expr).toContain('job="wireguard/wireguard"'); // <namespace>/<name>
});

test('the dashboard asks the chosen data source alone', () => {
  const { panels } = JSON.parse(dashboard) as {
    panels: { datasource: { uid: string }; targets: { datasource: { uid: string } }[] }[];
  };
  const sources = panels.flatMap((panel) => [panel, ...panel.targets].map((p) => p.datasource.uid));
  expect(new Set(sources)).toEqual(new Set(['${datasource}']));
});
