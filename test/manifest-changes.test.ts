import { changesOf } from '../lib/manifest-changes';

const SERVICE = 'kind: Service\nmetadata:\n  name: wireguard\nspec:\n  a: 1\n';
const MAP = 'kind: ConfigMap\nmetadata:\n  name: wireguard\ndata:\n  a: one\n  b: two\n';
const policy = (namespace: string) =>
  `kind: NetworkPolicy\nmetadata:\n  name: allow\n  namespace: ${namespace}\n`;
const files = (...objects: readonly string[]) => objects.join('---\n');

test.each<[string, string, string, string[]]>([
  ['the same', files(SERVICE, MAP), files(SERVICE, MAP), []],
  ['another order', files(SERVICE, MAP), files(MAP, SERVICE), []],
  ['a value', SERVICE, SERVICE.replace('1', '2'), ['Service wireguard']],
  ['a file', MAP, MAP.replace('two', 'three'), ['ConfigMap wireguard (b)']],
  [
    'files, by name',
    MAP,
    MAP.replace('  a: one\n  b: two', '  b: x\n  0: new'),
    ['ConfigMap wireguard (0, a, b)'],
  ],
  ['what is beside files', MAP, `${MAP}immutable: true\n`, ['ConfigMap wireguard']],
  [
    'a new one and one gone',
    SERVICE,
    MAP,
    ['ConfigMap wireguard (new)', 'Service wireguard (removed)'],
  ],
  ['the first', '', MAP, ['ConfigMap wireguard (new)']],
  [
    'policies, by namespace',
    files(policy('a'), policy('b')),
    files(policy('b'), policy('c')),
    ['NetworkPolicy c/allow (new)', 'NetworkPolicy a/allow (removed)'],
  ],
  [
    'a policy without',
    'kind: NetworkPolicy\n',
    MAP,
    ['ConfigMap wireguard (new)', 'NetworkPolicy / (removed)'],
  ],
])('%s', (_, before, after, changes) => {
  expect(changesOf(before, after)).toEqual(changes);
});
