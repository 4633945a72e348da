import type { k8s } from 'cdk8s-plus-28';
import type { InventoryInput } from '../../lib/inventory/schema';
import { nginxCfg } from '../../lib/manifests/pod/nginx-cfg';
import { myth } from '../an-inventory';
import { synthesize } from './synthesized';

const specOf = (kind: string, keys: Partial<InventoryInput>) =>
  synthesize(myth(keys)).find((manifest) => manifest.kind === kind);
const template = (pod: InventoryInput['pod']) =>
  (specOf('StatefulSet', { pod })?.spec as k8s.StatefulSetSpec).template;
const service = (settings: InventoryInput['service']) => specOf('Service', { service: settings });

test('what is not set is not in the manifests', () => {
  expect(Object.keys(template({}).metadata?.annotations ?? {})).toEqual([
    'wireguard-endpoint/scripts',
  ]);
  const { nodeSelector, tolerations, affinity, priorityClassName, imagePullSecrets } =
    template({}).spec ?? {};
  expect([nodeSelector, tolerations, affinity, priorityClassName, imagePullSecrets]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(service({})).toMatchObject({ metadata: { name: 'wireguard', namespace: 'wireguard' } });
  expect(service({})?.spec).not.toHaveProperty('ipFamilies');
});

test('annotations stand beside our own', () => {
  expect(template({ annotations: { 'example.org/a': '' } }).metadata?.annotations).toEqual({
    'example.org/a': '',
    'wireguard-endpoint/scripts': expect.any(String) as unknown,
  });
});

const term = {
  labelSelector: {
    matchLabels: { app: 'db' },
    matchExpressions: [{ key: 'tier', operator: 'NotIn' as const, values: ['test'] }],
  },
  namespaceSelector: { matchLabels: { team: 'db' } },
  namespaces: ['db'],
  topologyKey: 'kubernetes.io/hostname',
};
const nodeTerm = {
  matchExpressions: [{ key: 'zone', operator: 'In' as const, values: ['a'] }],
  matchFields: [{ key: 'metadata.name', operator: 'NotIn' as const, values: ['node-7'] }],
};
const podAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: [term],
  preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }],
};

test.each<[string, NonNullable<InventoryInput['pod']>]>([
  ['nodeSelector', { nodeSelector: { 'kubernetes.io/arch': 'amd64' } }],
  ['tolerations', { tolerations: [{ operator: 'Exists' }] }],
  [
    'a toleration for a time',
    { tolerations: [{ key: 'a', value: 'b', effect: 'NoExecute', tolerationSeconds: 3 }] },
  ],
  ['priorityClassName', { priorityClassName: 'high' }],
  ['imagePullSecrets', { imagePullSecrets: [{ name: 'registry' }] }],
  [
    'affinity',
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [nodeTerm] },
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: nodeTerm }],
        },
        podAffinity,
        podAntiAffinity: podAffinity,
      },
    },
  ],
])('%s goes into the pod as it is written', (_, pod) => {
  expect(template(pod).spec).toMatchObject(pod);
});

test('annotations of the Service are its metadata', () => {
  expect(service({ annotations: { 'metallb.io/address-pool': 'vpn' } })?.metadata).toMatchObject({
    annotations: { 'metallb.io/address-pool': 'vpn' },
  });
});

test.each<[NonNullable<InventoryInput['service']>]>([
  [{ type: 'LoadBalancer', loadBalancerClass: 'service.k8s.aws/nlb' }],
  [{ type: 'LoadBalancer', loadBalancerSourceRanges: ['192.0.2.0/24', '2001:db8::/32'] }],
  [{ externalTrafficPolicy: 'Local' }],
  [{ ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv6'] }],
  [{ ipFamilies: ['IPv6', 'IPv4'] }],
])('%j goes into the Service as it is written', (settings) => {
  expect(service(settings)?.spec).toMatchObject(settings);
});

test('a Service asks for both families unless told otherwise', () => {
  expect(service({})?.spec).toMatchObject({ type: 'NodePort', ipFamilyPolicy: 'PreferDualStack' });
});

test('a port for health checks is one of the pod, the Service, nginx and the policy', () => {
  const keys: Partial<InventoryInput> = { service: { healthPort: 8342 }, isolate: true };
  const { ports } = specOf('Service', keys)?.spec as k8s.ServiceSpec;
  expect(ports).toEqual([
    { name: 'wireguard', port: 342, protocol: 'UDP', targetPort: 342 },
    { name: 'health', port: 8342, protocol: 'TCP', targetPort: 'health' },
  ]);
  const { template: pod } = specOf('StatefulSet', keys)?.spec as k8s.StatefulSetSpec;
  const nginx = pod.spec?.containers.find(({ name }) => name === 'nginx');
  expect(nginx?.ports).toEqual([{ name: 'health', containerPort: 8342, protocol: 'TCP' }]);
  expect(nginxCfg(myth(keys))).toContain('\t\tlisten 8342;\n');
  const policy = synthesize(myth(keys)).find(
    ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === 'wireguard',
  );
  const { ingress } = policy?.spec as k8s.NetworkPolicySpec;
  expect(ingress).toContainEqual({ ports: [{ protocol: 'TCP', port: 8342 }] });
});
