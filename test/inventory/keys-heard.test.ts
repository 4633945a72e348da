import { readFileSync } from 'node:fs';
import { App, Chart } from 'cdk8s';
import { clientConfiguration } from '../../lib/client/configuration';
import { wantedRecords } from '../../lib/dns/record';
import { checkInventory } from '../../lib/inventory/check';
import type { Inventory } from '../../lib/inventory/inventory';
import type { InventoryInput } from '../../lib/inventory/schema';
import { readHostKey } from '../../lib/keys/read-host-key';
import { WireguardEndpoint } from '../../lib/manifests/endpoint';

const hero = { name: 'hero', pubkey: 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=' };
const yen = 'R4A01RXXqRJSY9TiKQrZGR85HsFNSXxhRKKEu/bEdTQ=';
const db = { name: 'db', dest: 'db.db.svc.cluster.local:5432', port: 5432 };
const dns = { zone: 'example.org', name: 'vpn', target: 'node.example.org' };
const kubernetes = { kubeconfig: '/kubeconfig', context: 'myth' };

const input = {
  network: '10.1.3.16/28',
  peers: { '10.1.2.4': hero },
  services: { 1: [db] },
} satisfies InventoryInput;

type Keys = Partial<InventoryInput>;
const peer = (more: object): Keys => ({ peers: { '10.1.2.4': { ...hero, ...more } } });
const service = (more: object): Keys => ({ services: { 1: [{ ...db, ...more }] } });

/** For each key of the table in the documentation, another value; and what it needs beside it. */
const others: Readonly<Record<string, Keys | readonly [before: Keys, after: Keys]>> = {
  network: { network: '10.1.3.32/28' },
  peers: { peers: { '10.1.2.5': hero } },
  'peers.<address>.name': peer({ name: 'triss' }),
  'peers.<address>.pubkey': peer({ pubkey: yen }),
  'peers.<address>.allowedIPs': peer({ allowedIPs: ['192.168.7.0/24'] }),
  'peers.<address>.psk': peer({ psk: true }),
  services: { services: { 2: [db] } },
  'services.<offset>[].name': service({ name: 'pg' }),
  'services.<offset>[].dest': service({ dest: 'db.db.svc.cluster.local:5433' }),
  'services.<offset>[].port': service({ port: 5433 }),
  'services.<offset>[].protocol': service({ protocol: 'udp' }),
  'services.<offset>[].peers': service({ peers: ['hero'] }),
  'services.<offset>[].timeout': service({ timeout: '5m' }),
  'services.<offset>[].proxyProtocol': service({ proxyProtocol: true }),
  dns: { dns },
  'dns.zone': [{ dns }, { dns: { ...dns, zone: 'example.net' } }],
  'dns.name': [{ dns }, { dns: { ...dns, name: 'wg' } }],
  'dns.target': [{ dns }, { dns: { ...dns, target: 'other.example.org' } }],
  'dns.services': [{ dns }, { dns: { ...dns, services: true } }],
  networkPolicies: { networkPolicies: ['db'] },
  port: { port: 51820 },
  nodePort: { nodePort: 30342 },
  kubernetes: { kubernetes },
  'kubernetes.kubeconfig': [
    { kubernetes },
    { kubernetes: { ...kubernetes, kubeconfig: '/another' } },
  ],
  'kubernetes.context': [{ kubernetes }, { kubernetes: { ...kubernetes, context: 'admin' } }],
  namespace: { namespace: 'vpn' },
  labels: { labels: { app: 'vpn' } },
  replicas: { replicas: 2 },
  connectionsPerPeer: { connectionsPerPeer: 10 },
  service: { service: { type: 'LoadBalancer' } },
  'service.type': { service: { type: 'LoadBalancer' } },
  'service.externalTrafficPolicy': { service: { externalTrafficPolicy: 'Local' } },
  'service.annotations': { service: { annotations: { a: 'b' } } },
  'service.loadBalancerClass': [
    { service: { type: 'LoadBalancer' } },
    { service: { type: 'LoadBalancer', loadBalancerClass: 'a/b' } },
  ],
  'service.loadBalancerSourceRanges': [
    { service: { type: 'LoadBalancer' } },
    { service: { type: 'LoadBalancer', loadBalancerSourceRanges: ['192.0.2.0/24'] } },
  ],
  'service.ipFamilyPolicy': { service: { ipFamilyPolicy: 'SingleStack' } },
  'service.ipFamilies': { service: { ipFamilies: ['IPv6'] } },
  'service.healthPort': { service: { healthPort: 8342 } },
  pod: { pod: { annotations: { a: 'b' } } },
  'pod.annotations': { pod: { annotations: { a: 'b' } } },
  'pod.nodeSelector': { pod: { nodeSelector: { a: 'b' } } },
  'pod.tolerations': { pod: { tolerations: [{ operator: 'Exists' }] } },
  'pod.affinity': { pod: { affinity: { podAffinity: {} } } },
  'pod.priorityClassName': { pod: { priorityClassName: 'high' } },
  'pod.imagePullSecrets': { pod: { imagePullSecrets: [{ name: 'a' }] } },
  images: { images: { wireguard: 'a:1' } },
  'images.wireguard': { images: { wireguard: 'a:1' } },
  'images.nginx': { images: { nginx: 'a:1' } },
  'images.exporter': [{ metrics: true }, { metrics: true, images: { exporter: 'a:1' } }],
  resources: { resources: { nginx: { requests: { cpu: '1' } } } },
  'resources.wireguard': { resources: { wireguard: { limits: { memory: '1Gi' } } } },
  'resources.nginx': { resources: { nginx: { requests: { cpu: '1' } } } },
  'resources.exporter': [
    { metrics: true },
    { metrics: true, resources: { exporter: { limits: { cpu: '1' } } } },
  ],
  mtu: { mtu: 1380 },
  resolver: { resolver: ['10.43.0.10'] },
  userspace: { userspace: true },
  clusterDomain: [
    { isolate: true, services: { 1: [{ ...db, dest: 'db.db.svc.k8s.example.org:5432' }] } },
    {
      isolate: true,
      services: { 1: [{ ...db, dest: 'db.db.svc.k8s.example.org:5432' }] },
      clusterDomain: 'k8s.example.org',
    },
  ],
  metrics: { metrics: true },
  monitoringNamespace: [
    { metrics: true, isolate: true },
    { metrics: true, isolate: true, monitoringNamespace: 'prometheus' },
  ],
  isolate: { isolate: true },
  'isolate.egress': [
    { isolate: true },
    { isolate: { egress: [{ ports: [{ protocol: 'TCP', port: 8443 }] }] } },
  ],
  key: { key: { secretName: 'a', pubkey: yen } },
  'key.secretName': [
    { key: { secretName: 'a', pubkey: yen } },
    { key: { secretName: 'b', pubkey: yen } },
  ],
  'key.pubkey': [
    { key: { secretName: 'a', pubkey: yen } },
    { key: { secretName: 'a', pubkey: 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=' } },
  ],
};

/** All that comes of an inventory without asking anyone. */
function outcome(inventory: Inventory): unknown {
  const hostKey = readHostKey(inventory, 'no such folder');
  const chart = new Chart(new App(), 'wireguard');
  new WireguardEndpoint(chart, 'endpoint', { inventory, hostKey });
  return {
    manifests: chart.toJson() as unknown,
    records: wantedRecords(inventory),
    client: clientConfiguration(inventory, hostKey?.publicKey ?? yen, { port: 1 }),
    // What `npm run dns` asks with them is in reach.test.ts.
    kubernetes: inventory.kubernetes,
  };
}

// Another test holds the page to the schema.
const page = readFileSync('docs/inventory-keys.md', 'utf8');
const documented = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, key]) => key);

test('every documented key has another value here, and nothing else has', () => {
  expect(documented.length).toBeGreaterThan(40);
  expect(Object.keys(others).sort()).toEqual([...documented].sort());
});

test.each(Object.entries(others))('%s makes a difference', (_, keys) => {
  const [before, after] = 'length' in keys ? keys : [{}, keys];
  const [one, other] = [before, after].map((more) =>
    outcome(checkInventory({ ...input, ...more }, 'myth')),
  );
  expect(other).not.toEqual(one);
});
