import { serviceSettings } from '../../lib/kubernetes/service-settings';
import { read } from './read';

const defaults = {
  type: 'NodePort',
  externalTrafficPolicy: 'Cluster',
  ipFamilyPolicy: 'PreferDualStack',
};

test('nothing said: a node port on every node, in both families where there are two', () => {
  expect(read(serviceSettings, undefined)).toEqual(defaults);
  expect(read(serviceSettings, {})).toEqual(defaults);
});

test.each<object>([
  { type: 'LoadBalancer', loadBalancerClass: 'service.k8s.aws/nlb', healthPort: 8342 },
  { externalTrafficPolicy: 'Local', annotations: { 'metallb.io/address-pool': 'vpn', empty: '' } },
  { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv6'] },
  { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv6', 'IPv4'] },
  { healthPort: 1 },
  { healthPort: 65535 },
])('%j is handed on', (settings) => {
  expect(read(serviceSettings, settings)).toEqual({ ...defaults, ...settings });
});

const BALANCER = 'needs the type LoadBalancer; set it or remove the key';

test.each<[object, string[]]>([
  [{ type: 'ClusterIP' }, ['type: must be NodePort or LoadBalancer']],
  [
    { externalTrafficPolicy: 'local' },
    ['externalTrafficPolicy: must be Cluster or Local; did you mean "Local"?'],
  ],
  [{ loadBalancerClass: 'a/b' }, [`loadBalancerClass: ${BALANCER}`]],
  [{ loadBalancerSourceRanges: ['192.0.2.0/24'] }, [`loadBalancerSourceRanges: ${BALANCER}`]],
  [
    { type: 'LoadBalancer', loadBalancerSourceRanges: ['192.0.2.1/24'] },
    ['loadBalancerSourceRanges.0: has bits set behind its prefix length; write 192.0.2.0/24'],
  ],
  [
    { ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4', 'IPv6'] },
    ['ipFamilies: must be one family with ipFamilyPolicy SingleStack'],
  ],
  [{ ipFamilies: ['IPv4', 'IPv4'] }, ['ipFamilies.1: is in the list already; remove one']],
  [{ ipFamilies: ['IPv5'] }, ['ipFamilies.0: must be IPv4 or IPv6; did you mean "IPv4"?']],
  [
    { ipFamilyPolicy: 'Dual' },
    ['ipFamilyPolicy: must be SingleStack or PreferDualStack or RequireDualStack'],
  ],
  [{ healthPort: 0 }, ['healthPort: must be 1 to 65535']],
  [{ healthPort: 65536 }, ['healthPort: must be 1 to 65535']],
  [
    { annotations: { 'wireguard-endpoint/x': '1' } },
    [
      'annotations.wireguard-endpoint/x: has a prefix that the endpoint keeps for itself; choose another',
    ],
  ],
  [{ annotations: { a: 'x\n' } }, ['annotations.a: must not hold control characters']],
])('%j is refused', (settings, issues) => {
  expect(read(serviceSettings, settings)).toEqual(issues);
});

test('a list of families is of one or two', () => {
  for (const ipFamilies of [[], ['IPv4', 'IPv6', 'IPv4']]) {
    expect(read(serviceSettings, { ipFamilies })).toEqual([expect.stringMatching(/^ipFamilies: /)]);
  }
});

test('source ranges are read', () => {
  const settings = { type: 'LoadBalancer', loadBalancerSourceRanges: ['192.0.2.0/24'] };
  expect(JSON.stringify(read(serviceSettings, settings))).toContain('["192.0.2.0/24"]');
});
