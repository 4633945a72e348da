import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { range } from '../../lib/formats/address';
import { checkInventory, isChecked } from '../../lib/inventory/check';
import { InventoryError } from '../../lib/inventory/issue';
import { defaultImages } from '../../lib/inventory/containers';
import { loadInventory } from '../../lib/inventory/load';
import type { InventoryInput } from '../../lib/inventory/schema';
import { faultsOf } from './faults';

const KEY = 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=';
const OTHER_KEY = 'R4A01RXXqRJSY9TiKQrZGR85HsFNSXxhRKKEu/bEdTQ=';

const input: InventoryInput = {
  network: '10.1.3.16/28',
  peers: {
    '10.1.2.10': { name: 'yen', pubkey: OTHER_KEY },
    '10.1.2.9': { name: 'hero', pubkey: KEY },
  },
  services: {
    10: [{ name: 'web', dest: 'web.web.svc.cluster.local:80', port: 80 }],
    9: [
      { name: 'dns', dest: '10.43.0.10:53', port: 53, protocol: 'udp' },
      { name: 'dns', dest: '[fd00::53]:5353', port: 53 },
      { name: 'db', dest: 'pg.db.svc.cluster.local:5432', port: 9 },
    ],
  },
};

describe('checkInventory', () => {
  it('sorts peers and services by number', () => {
    const { peers, services } = checkInventory(input, 'myth');
    expect(peers.map(({ address }) => address.text)).toEqual(['10.1.2.9', '10.1.2.10']);
    expect(
      services.map(({ address, protocol, port }) => `${address.text} ${protocol} ${port}`),
    ).toEqual(['10.1.3.25 tcp 9', '10.1.3.25 tcp 53', '10.1.3.25 udp 53', '10.1.3.26 tcp 80']);
  });

  it('reads destinations', () => {
    const { services } = checkInventory(input, 'myth');
    expect(services.map(({ dest }) => dest)).toEqual([
      { host: 'pg.db.svc.cluster.local', port: 5432, namespace: 'db' },
      { host: 'fd00::53', port: 5353, address: range('fd00::53') },
      { host: '10.43.0.10', port: 53, address: range('10.43.0.10') },
      { host: 'web.web.svc.cluster.local', port: 80, namespace: 'web' },
    ]);
  });

  it('fills in every default', () => {
    const { peers, services, images, ...rest } = checkInventory(input, 'myth');
    expect(rest).toEqual({
      cluster: 'myth',
      network: range('10.1.3.16/28'),
      networkPolicies: [],
      port: 342,
      namespace: 'wireguard',
      labels: { app: 'wireguard' },
      replicas: 1,
      service: {
        type: 'NodePort',
        externalTrafficPolicy: 'Cluster',
        ipFamilyPolicy: 'PreferDualStack',
      },
      pod: {},
      resources: {
        wireguard: { requests: { cpu: '10m', memory: '15Mi' } },
        nginx: { requests: { cpu: '10m', memory: '48Mi' } },
        exporter: { requests: { cpu: '10m', memory: '16Mi' } },
      },
      resolver: [],
      connectionsPerPeer: 10_000,
      userspace: false,
      clusterDomain: 'cluster.local',
      metrics: false,
      monitoringNamespace: 'monitoring',
      isolate: false,
    });
    expect(peers[0]).toEqual({
      name: 'hero',
      address: range('10.1.2.9'),
      publicKey: KEY,
      allowedIPs: [],
      psk: false,
    });
    expect(services[0]).toMatchObject({ timeout: '24h', proxyProtocol: false, offset: 9 });
    expect(services[0]).not.toHaveProperty('peers');
    expect(services[2]).toMatchObject({ protocol: 'udp', timeout: '1m' });
    expect(images).toEqual(defaultImages);
  });

  it('carries over everything that is given', () => {
    const hero = {
      name: 'hero',
      address: range('10.1.2.4'),
      publicKey: KEY,
      allowedIPs: [range('192.168.7.0/24')],
      psk: true,
    };
    const file = 'test/fixtures/valid/everything.yaml';
    const { pod, service } = parse(readFileSync(file, 'utf8')) as InventoryInput;
    expect(loadInventory(file)).toEqual({
      pod,
      cluster: 'everything',
      network: range('10.1.3.16/28'),
      peers: [hero],
      services: [
        {
          name: 'db',
          offset: 1,
          address: range('10.1.3.17'),
          port: 5432,
          protocol: 'tcp',
          dest: { host: 'pg.db.svc.k8s.example.org', port: 5432, namespace: 'db' },
          peers: [hero],
          timeout: '7d',
          proxyProtocol: true,
        },
      ],
      dns: { zone: 'example.org', name: 'vpn.eu', target: 'nodes.example.net', services: true },
      networkPolicies: ['db'],
      port: 51820,
      nodePort: 30342,
      kubernetes: { kubeconfig: resolve('test/fixtures/.kubeconfig-myth'), context: 'admin@myth' },
      namespace: 'vpn',
      labels: { 'app.kubernetes.io/name': 'vpn', 'example.org/team': 'Infra_1' },
      replicas: 2,
      service: {
        ...service,
        loadBalancerSourceRanges: service?.loadBalancerSourceRanges?.map(range),
      },
      images: {
        wireguard: `registry.example.org:5000/team/wg:1.0.20260223@sha256:${'0123456789abcdef'.repeat(4)}`,
        nginx: 'nginx:1.30.4-alpine3.24',
        exporter: 'exporter:1',
      },
      resources: {
        wireguard: {
          requests: { cpu: '20m', memory: '20Mi' },
          limits: { cpu: '1', memory: '1Gi' },
        },
        nginx: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '256Mi' } },
        exporter: { requests: { cpu: '0.005', memory: '16Mi' } },
      },
      mtu: 1380,
      resolver: [range('10.43.0.10')],
      connectionsPerPeer: 200,
      userspace: true,
      clusterDomain: 'k8s.example.org',
      metrics: true,
      monitoringNamespace: 'observability',
      isolate: { egress: [] },
      key: { secretName: 'vpn-key', publicKey: OTHER_KEY },
    });
  });

  it('takes a kubeconfig as relative to the working directory', () => {
    const kubernetes = { kubeconfig: '../.kubeconfig', context: 'myth' };
    expect(checkInventory({ ...input, kubernetes }, 'myth').kubernetes).toEqual({
      kubeconfig: resolve('../.kubeconfig'),
      context: 'myth',
    });
  });

  it('leaves its input as it was', () => {
    const frozen = structuredClone(input);
    checkInventory(frozen, 'myth');
    expect(frozen).toEqual(input);
  });

  it('throws every fault with its path, for the cluster it was asked for', () => {
    const faulty = { ...input, mtu: 1, nodePort: undefined, labels: { app: () => 'x' } };
    expect(() => checkInventory(faulty, 'myth')).toThrow(InventoryError);
    expect(faultsOf(() => checkInventory(faulty, 'myth'))).toEqual([
      'myth: labels.app: a function: must be text',
      'myth: mtu: 1: must be 1280 to 65456',
    ]);
  });

  it.each([undefined, null, 7, 'network', [], new Date(0), new Map()])('refuses %p', (value) => {
    expect(faultsOf(() => checkInventory(value, 'myth'))).not.toEqual([]);
  });

  it('says what to do with a changed copy of a checked inventory', () => {
    const copy = { ...checkInventory(input, 'myth'), replicas: 2 };
    expect(faultsOf(() => checkInventory(copy, 'myth'))).toEqual([
      expect.stringMatching(/^myth: this is a changed copy .*checkInventory\(\{ \.\.\.input,/),
    ]);
  });

  it('refuses a cluster whose name is no DNS label', () => {
    expect(faultsOf(() => checkInventory(input, '../myth'))).toEqual([
      expect.stringContaining('must be a DNS label'),
    ]);
  });
});

describe('isChecked', () => {
  it('knows an inventory from its input and from a copy', () => {
    const inventory = checkInventory(input, 'myth');
    expect(isChecked(inventory)).toBe(true);
    expect(isChecked(input)).toBe(false);
    expect(isChecked({ ...inventory })).toBe(false);
    expect(isChecked(loadInventory('test/fixtures/valid/article.yaml'))).toBe(true);
  });
});
