import { podSettings } from '../../lib/kubernetes/pod-settings';
import { read } from './read';

const nodes = (...matchExpressions: object[]) => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
    },
  },
});
const pods = (...matchExpressions: object[]) => ({
  affinity: {
    podAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchExpressions } },
      ],
    },
  },
});
const preferred = (weight: number) => ({
  affinity: {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight,
          podAffinityTerm: {
            topologyKey: 'zone',
            namespaces: ['a'],
            namespaceSelector: { matchLabels: { a: '' } },
          },
        },
      ],
    },
  },
});

test.each<object>([
  {},
  { annotations: { 'example.org/a': 'b', empty: '' } },
  { nodeSelector: { 'kubernetes.io/arch': 'amd64', empty: '' } },
  { tolerations: [{ operator: 'Exists' }] },
  { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule' }] },
  { tolerations: [{ key: 'a', value: 'b', effect: 'PreferNoSchedule' }] },
  { tolerations: [{ key: 'a', operator: 'Equal', value: '' }] },
  { tolerations: [{ key: 'a', effect: 'NoExecute', tolerationSeconds: 60 }] },
  { priorityClassName: 'system-cluster-critical' },
  { imagePullSecrets: [{ name: 'registry' }] },
  nodes(
    { key: 'a', operator: 'In', values: ['b'] },
    { key: 'a', operator: 'NotIn', values: ['', 'c'] },
  ),
  nodes({ key: 'a', operator: 'Exists' }, { key: 'a', operator: 'DoesNotExist', values: [] }),
  nodes({ key: 'a', operator: 'Gt', values: ['0'] }, { key: 'a', operator: 'Lt', values: ['10'] }),
  pods({ key: 'a', operator: 'In', values: ['b'] }, { key: 'a', operator: 'DoesNotExist' }),
  preferred(1),
  preferred(100),
])('%j is handed on', (settings) => {
  expect(read(podSettings, settings)).toEqual(settings);
});

const values =
  'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms.0.matchExpressions.0.values';
const toleration = (keys: object) => ({ tolerations: [keys] });

test.each<[object, string]>([
  [
    nodes({ key: 'a', operator: 'In' }),
    `${values}: must hold at least one value with the operator In`,
  ],
  [
    nodes({ key: 'a', operator: 'NotIn', values: [] }),
    `${values}: must hold at least one value with the operator NotIn`,
  ],
  [
    nodes({ key: 'a', operator: 'Exists', values: ['b'] }),
    `${values}: must be left out with the operator Exists`,
  ],
  [
    nodes({ key: 'a', operator: 'DoesNotExist', values: ['b'] }),
    `${values}: must be left out with the operator DoesNotExist`,
  ],
  [nodes({ key: 'a', operator: 'Gt' }), `${values}: must be one whole number with the operator Gt`],
  [
    nodes({ key: 'a', operator: 'Gt', values: ['1', '2'] }),
    `${values}: must be one whole number with the operator Gt`,
  ],
  [
    nodes({ key: 'a', operator: 'Lt', values: ['x1'] }),
    `${values}: must be one whole number with the operator Lt`,
  ],
  [
    nodes({ key: 'a', operator: 'Lt', values: ['1x'] }),
    `${values}: must be one whole number with the operator Lt`,
  ],
  [
    {
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
      },
    },
    'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: must hold at least one term; or remove the key',
  ],
  [
    toleration({}),
    'tolerations.0.operator: must be Exists where no key is given, which tolerates every taint',
  ],
  [
    toleration({ operator: 'Equal' }),
    'tolerations.0.operator: must be Exists where no key is given, which tolerates every taint',
  ],
  [
    toleration({ key: 'a', operator: 'Exists', value: 'b' }),
    'tolerations.0.value: must be left out with the operator Exists',
  ],
  [
    toleration({ key: 'a', tolerationSeconds: 1 }),
    'tolerations.0.tolerationSeconds: needs the effect NoExecute',
  ],
  [
    toleration({ key: 'a', effect: 'NoSchedule', tolerationSeconds: 1 }),
    'tolerations.0.tolerationSeconds: needs the effect NoExecute',
  ],
  [
    toleration({ key: 'a', effect: 'Never' }),
    'tolerations.0.effect: must be NoSchedule or PreferNoSchedule or NoExecute',
  ],
  [
    { annotations: { 'wireguard-endpoint/a': 'b' } },
    'annotations.wireguard-endpoint/a: has a prefix that the endpoint keeps for itself; choose another',
  ],
  [
    { priorityClassName: 'A b' },
    'priorityClassName: must be a host name: labels of 1 to 63 of a-z, 0-9 and -, 253 in all',
  ],
  [{ nodeName: 'a' }, ': is not a known key'],
])('%j is refused', (settings, issue) => {
  expect(read(podSettings, settings)).toEqual([issue]);
});

test.each([0, 101])('a weight is not %d', (weight) => {
  expect(read(podSettings, preferred(weight))).toEqual([
    'affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution.0.weight: must be 1 to 100',
  ]);
});

test('pods are not compared by number', () => {
  expect(read(podSettings, pods({ key: 'a', operator: 'Gt', values: ['1'] }))).toEqual([
    expect.stringMatching(/operator: must be In or NotIn or Exists or DoesNotExist$/),
  ]);
});
