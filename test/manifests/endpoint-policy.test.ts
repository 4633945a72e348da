import { BlockList } from 'node:net';
import type { Inventory } from '../../lib/inventory/inventory';
import type { InventoryInput } from '../../lib/inventory/schema';
import { myth } from '../an-inventory';
import { synthesize } from './synthesized';

interface Policy {
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly policyTypes: readonly string[];
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly protocol: string; readonly port?: number }[];
}

interface Peer {
  readonly namespaceSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly ipBlock?: { readonly cidr: string };
}

/** The other end of a connection: a pod in a namespace, or an address that is no pod's. */
type Remote = { readonly pod: string } | { readonly address: string };

/** Answers as Kubernetes defines it: one rule suffices, and in it one peer and one port. */
function allows(rules: readonly Rule[], remote: Remote, protocol: string, port: number): boolean {
  return rules.some(({ from, to, ports }) => {
    const peers = from ?? to;
    return (
      (!peers || peers.some((peer) => selects(peer, remote))) &&
      (!ports || ports.some((p) => p.protocol === protocol && [undefined, port].includes(p.port)))
    );
  });
}

function selects({ namespaceSelector, ipBlock }: Peer, remote: Remote): boolean {
  if ('pod' in remote) {
    const labels = Object.entries(namespaceSelector?.matchLabels ?? {});
    return (
      labels.length > 0 &&
      labels.every(([key, v]) => key === 'kubernetes.io/metadata.name' && v === remote.pod)
    );
  }
  const [address = '', length] = ipBlock?.cidr.split('/') ?? [];
  const family = (a: string) => (a.includes(':') ? 'ipv6' : 'ipv4');
  const block = new BlockList();
  if (address) block.addSubnet(address, Number(length), family(address));
  return block.check(remote.address, family(remote.address));
}

function policyOf(inventory: Inventory): Policy | undefined {
  const own = synthesize(inventory).find(
    ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === inventory.namespace,
  );
  return own?.spec as Policy | undefined;
}

/** What the pod of an isolated endpoint may do. */
function isolated(keys: Partial<InventoryInput> = {}) {
  const policy = policyOf(myth({ isolate: true, ...keys }));
  if (!policy) throw new Error('no policy');
  return {
    mayBeReachedFrom: (remote: Remote, protocol: string, port: number) =>
      allows(policy.ingress, remote, protocol, port),
    mayReach: (remote: Remote, protocol: string, port: number) =>
      allows(policy.egress, remote, protocol, port),
  };
}

const internet: Remote = { address: '203.0.113.7' };
const node: Remote = { address: '192.0.2.10' };
const ownImage = { images: { wireguard: 'ghcr.io/example/wireguard-tools:1' } };

test('without isolate there is no policy in the namespace of the endpoint', () => {
  expect(policyOf(myth())).toBeUndefined();
});

test('the policy is for the pod of the endpoint and closes both directions', () => {
  const policy = policyOf(myth({ isolate: true }));
  expect(policy?.podSelector).toEqual({ matchLabels: { app: 'wireguard' } });
  expect(policy?.policyTypes).toEqual(['Ingress', 'Egress']);
});

describe('who may reach the pod?', () => {
  test('peers, from anywhere, also when a node stands in for them', () => {
    const { mayBeReachedFrom } = isolated({ port: 51820 });
    expect(mayBeReachedFrom(internet, 'UDP', 51820)).toBe(true);
    expect(mayBeReachedFrom(node, 'UDP', 51820)).toBe(true);
    expect(mayBeReachedFrom({ pod: 'shop' }, 'UDP', 51820)).toBe(true);
    expect(mayBeReachedFrom(internet, 'TCP', 51820)).toBe(false);
    expect(mayBeReachedFrom(internet, 'UDP', 342)).toBe(false);
  });

  test('nobody on the port of the proxy or of a service', () => {
    const { mayBeReachedFrom } = isolated({ metrics: true });
    for (const port of [443, 5432, 9342]) {
      expect(mayBeReachedFrom({ pod: 'monitoring' }, 'TCP', port)).toBe(false);
    }
  });

  test('Prometheus, from its namespace, when there are metrics', () => {
    const { mayBeReachedFrom } = isolated({ metrics: true });
    expect(mayBeReachedFrom({ pod: 'monitoring' }, 'TCP', 9586)).toBe(true);
    expect(mayBeReachedFrom({ pod: 'shop' }, 'TCP', 9586)).toBe(false);
    expect(mayBeReachedFrom(internet, 'TCP', 9586)).toBe(false);
    expect(isolated().mayBeReachedFrom({ pod: 'monitoring' }, 'TCP', 9586)).toBe(false);
  });

  test('Prometheus in another namespace, where the inventory says so', () => {
    const { mayBeReachedFrom } = isolated({ metrics: true, monitoringNamespace: 'observability' });
    expect(mayBeReachedFrom({ pod: 'observability' }, 'TCP', 9586)).toBe(true);
    expect(mayBeReachedFrom({ pod: 'monitoring' }, 'TCP', 9586)).toBe(false);
  });
});

describe('what may the pod reach?', () => {
  test('DNS where it usually is, and nowhere else', () => {
    const { mayReach } = isolated(ownImage);
    for (const remote of [{ pod: 'kube-system' }, { address: '169.254.20.10' }]) {
      expect(mayReach(remote, 'UDP', 53)).toBe(true);
      expect(mayReach(remote, 'TCP', 53)).toBe(true);
    }
    for (const remote of [{ pod: 'shop' }, node, internet]) {
      expect(mayReach(remote, 'UDP', 53)).toBe(false);
      expect(mayReach(remote, 'TCP', 53)).toBe(false);
    }
    expect(mayReach({ pod: 'kube-system' }, 'TCP', 443)).toBe(false);
  });

  test('DNS where the inventory says, which may be an address of the pods in kube-system', () => {
    const { mayReach } = isolated({ ...ownImage, resolver: ['192.0.2.10', 'fd00::53'] });
    const known = [{ pod: 'kube-system' }, { address: '192.0.2.10' }, { address: 'fd00::53' }];
    for (const remote of known) expect(mayReach(remote, 'UDP', 53)).toBe(true);
    expect(mayReach({ address: '169.254.20.10' }, 'UDP', 53)).toBe(false);
  });

  test('pods of a namespace a service leads to, on the port they have', () => {
    const { mayReach } = isolated();
    expect(mayReach({ pod: 'postgresql' }, 'TCP', 5432)).toBe(true);
    expect(mayReach({ pod: 'postgresql' }, 'TCP', 15432)).toBe(true);
    expect(mayReach({ pod: 'postgresql' }, 'UDP', 5432)).toBe(false);
    expect(mayReach({ pod: 'shop' }, 'TCP', 5432)).toBe(false);
    expect(mayReach(internet, 'TCP', 5432)).toBe(false);
  });

  test('the pod behind a headless service, by its own name', () => {
    const dest = 'postgresql-0.postgresql.db.svc.cluster.local:5432';
    const services = { 1: [{ name: 'postgresql', dest, port: 5432 }] };
    const { mayReach } = isolated({ services, networkPolicies: [] });
    expect(mayReach({ pod: 'db' }, 'TCP', 5432)).toBe(true);
    expect(mayReach({ pod: 'db' }, 'TCP', 15432)).toBe(false);
    expect(mayReach({ pod: 'postgresql' }, 'TCP', 5432)).toBe(false);
  });

  test('the API server, which is no pod', () => {
    const { mayReach } = isolated(ownImage);
    expect(mayReach(node, 'TCP', 6443)).toBe(true);
    expect(mayReach(node, 'TCP', 443)).toBe(false);
    expect(mayReach(node, 'TCP', 10250)).toBe(false);
  });

  test('other services of the namespace default are pods', () => {
    const dest = 'web.default.svc.cluster.local:80';
    const services = { 0: [{ name: 'web', dest, port: 80 }] };
    const { mayReach } = isolated({ services, networkPolicies: [], ...ownImage });
    expect(mayReach({ pod: 'default' }, 'TCP', 8080)).toBe(true);
    expect(mayReach(node, 'TCP', 6443)).toBe(false);
  });

  test('an address, on its port, and not its neighbour', () => {
    const services = {
      0: [{ name: 'four', dest: '198.51.100.7:5432', port: 5432 }],
      1: [{ name: 'six', dest: '[2001:db8::7]:53000', port: 53000, protocol: 'udp' as const }],
    };
    const { mayReach } = isolated({ services, networkPolicies: [], ...ownImage });
    expect(mayReach({ address: '198.51.100.7' }, 'TCP', 5432)).toBe(true);
    expect(mayReach({ address: '198.51.100.8' }, 'TCP', 5432)).toBe(false);
    expect(mayReach({ address: '198.51.100.7' }, 'TCP', 22)).toBe(false);
    expect(mayReach({ address: '2001:db8::7' }, 'UDP', 53000)).toBe(true);
    expect(mayReach({ address: '2001:db8::7' }, 'TCP', 53000)).toBe(false);
  });

  test('a name outside the cluster, as any address on its port', () => {
    const services = { 0: [{ name: 'db', dest: 'db.example.org:5432', port: 5432 }] };
    const { mayReach } = isolated({ services, networkPolicies: [], ...ownImage });
    expect(mayReach(internet, 'TCP', 5432)).toBe(true);
    expect(mayReach(internet, 'TCP', 443)).toBe(false);
    expect(mayReach(internet, 'UDP', 5432)).toBe(false);
  });

  test('names of another cluster domain are outside the cluster', () => {
    const { mayReach } = isolated({ clusterDomain: 'k8s.lan', networkPolicies: [] });
    expect(mayReach({ pod: 'postgresql' }, 'TCP', 15432)).toBe(false);
    expect(mayReach(internet, 'TCP', 5432)).toBe(true);
  });

  test.each([
    ['alpine:3.24.1', true],
    ['docker.io/library/alpine@sha256:' + '0'.repeat(64), true],
    ['alpine', true],
    ['registry.example.org:5000/alpine', true],
    ['ghcr.io/example/wireguard-alpine:1', false],
    ['ghcr.io/example/alpine-wireguard:1', false],
    [ownImage.images.wireguard, false],
  ])('packages with the image %s: %s', (wireguard, expected) => {
    const services = { 1: [{ name: 'db', dest: 'db.db.svc.cluster.local:5432', port: 5432 }] };
    const { mayReach } = isolated({ services, networkPolicies: [], images: { wireguard } });
    expect(mayReach(internet, 'TCP', 443)).toBe(expected);
  });
});

test('services with one destination make one rule', () => {
  const dest = 'db.db.svc.cluster.local:5432';
  const services = { 0: [{ name: 'a', dest, port: 1 }], 1: [{ name: 'b', dest, port: 2 }] };
  const policy = policyOf(myth({ isolate: true, services, networkPolicies: [] }));
  const peers = policy?.egress.flatMap(({ to = [] }) => to) ?? [];
  expect(peers.filter((peer) => selects(peer, { pod: 'db' }))).toHaveLength(1);
});

test('what the inventory adds is added as it is written', () => {
  const to = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'db' } } }];
  const ports = [
    { protocol: 'TCP' as const, port: 'pg' },
    { port: 8000, endPort: 8010 },
  ];
  const policy = policyOf(myth({ isolate: { egress: [{ to, ports }] } }));
  expect(policy?.egress.at(-1)).toEqual({ to, ports });
});
