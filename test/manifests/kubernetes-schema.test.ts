import { parseAllDocuments } from 'yaml';
import { Yaml } from 'cdk8s';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Service } from 'kubernetes-models/v1/Service';
import { myth } from '../an-inventory';
import { synthesize } from './synthesized';

const models: Readonly<Record<string, { readonly prototype: { validate(): void } }>> = {
  ConfigMap,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
  StatefulSet,
};

/**
 * The schema's validators read every field they know and no other: a field that none of them has
 * looked at is not in the schema.
 */
function recording(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const key of Object.keys(value)) unread.add(`${path}.${key}`);
  const children = new Map<PropertyKey, unknown>();
  return new Proxy(value, {
    get(target, key) {
      const child = Reflect.get(target, key) as unknown;
      if (typeof key !== 'string' || !Object.hasOwn(target, key)) return child;
      unread.delete(`${path}.${key}`);
      if (!children.has(key)) children.set(key, recording(child, `${path}.${key}`, unread));
      return children.get(key);
    },
  });
}

/** What is wrong with a manifest by the Kubernetes schema: unknown fields, or a validator's message. */
function faults(manifest: object & { kind?: string }): string[] {
  const Model = models[manifest.kind ?? ''];
  if (!Model) return [`unknown kind ${manifest.kind ?? ''}`];
  const unread = new Set<string>();
  try {
    Model.prototype.validate.call(recording(manifest, '', unread));
  } catch (error) {
    return [(error as Error).message];
  }
  return [...unread];
}

const kinds = ['ConfigMap', 'Namespace', 'NetworkPolicy', 'Service', 'StatefulSet'];

const everything = myth({
  replicas: 2,
  nodePort: 30342,
  userspace: true,
  mtu: 1380,
  isolate: true,
  connectionsPerPeer: 100,
  pod: {
    annotations: { a: 'b' },
    nodeSelector: { a: 'b' },
    tolerations: [{ operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 3 }],
    affinity: {
      podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a' }] },
    },
    priorityClassName: 'high',
    imagePullSecrets: [{ name: 'a' }],
  },
  service: {
    type: 'LoadBalancer',
    annotations: { a: 'b' },
    loadBalancerClass: 'a/b',
    loadBalancerSourceRanges: ['192.0.2.0/24'],
    ipFamilies: ['IPv4'],
    healthPort: 8342,
  },
  resolver: ['10.43.0.10'],
  resources: { nginx: { limits: { memory: '256Mi', cpu: '1' } } },
  peers: {
    '10.1.2.4': { name: 'hero', pubkey: 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=', psk: true },
  },
});

test.each([
  ['the article’s inventory', myth(), kinds],
  ['an inventory with every setting', everything, [...kinds, 'PodDisruptionBudget']],
])(
  '%s gives manifests the Kubernetes schema accepts, all of them and without unknown fields',
  (_, inventory, expected) => {
    const documents = parseAllDocuments(Yaml.stringify(...synthesize(inventory)));
    const manifests = documents.map((document) => document.toJS() as { kind: string });
    expect([...new Set(manifests.map(({ kind }) => kind))].sort()).toEqual([...expected].sort());
    for (const manifest of manifests) expect(faults(manifest)).toEqual([]);
  },
);

describe('the check itself notices', () => {
  const service = () =>
    structuredClone(synthesize(myth()).find(({ kind }) => kind === 'Service')) as unknown as {
      kind: string;
      spec: { ports: Record<string, unknown>[] };
    };

  test('an unknown field', () => {
    const manifest = service();
    Object.assign(manifest.spec.ports[0] ?? {}, { nodeport: 30342 });
    expect(faults(manifest)).toEqual(['.spec.ports.0.nodeport']);
  });

  test('a value of the wrong type', () => {
    const manifest = service();
    Object.assign(manifest.spec.ports[0] ?? {}, { port: '342' });
    expect(faults(manifest).join()).toMatch(/port must be integer/);
  });

  test('a missing field', () => {
    const manifest = service();
    delete manifest.spec.ports[0]?.['port'];
    expect(faults(manifest).join()).toMatch(/port/);
  });
});
