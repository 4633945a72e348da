import type { InventoryInput } from '../../lib/inventory/schema';
import { inventoryWarnings } from '../../lib/inventory/warnings';
import { myth } from '../an-inventory';

const warnings = (keys: Partial<InventoryInput>): string[] =>
  inventoryWarnings(myth({ networkPolicies: [], ...keys }));

/** Peers with these addresses. */
const peersAt = (...addresses: string[]): InventoryInput['peers'] =>
  Object.fromEntries(
    addresses.map((address, n) => [
      address,
      { name: `p${n}`, pubkey: Buffer.alloc(32, n + 1).toString('base64') },
    ]),
  );

test.each([
  [1, '10.42.0.0/16); move it'],
  [2, ', as does 1 more address or network of a peer; move it'],
  [3, ', as do 2 more addresses or networks of peers; move it'],
])('%i in a range of clusters are counted by what they are', (count, more) => {
  const [one = '', ...rest] = warnings({
    peers: peersAt(...['10.42.0.1', '10.42.0.2', '10.42.0.3'].slice(0, count)),
  });
  expect(rest).toEqual([]);
  expect(one).toContain('10.42.0.1 lies where k3s');
  expect(one).toContain(more);
});

const service = (dest: string, protocol: 'tcp' | 'udp' = 'tcp') => ({
  1: [{ name: 'a', dest, port: 1, protocol }],
});

test.each<[string, Partial<InventoryInput>]>([
  ['the article', {}],
  ['the first node port', { nodePort: 30000 }],
  ['the last node port', { nodePort: 32767 }],
  ['an image by its digest', { images: { nginx: `nginx@sha256:${'0a'.repeat(32)}` } }],
  ['an image of a registry with a port', { images: { nginx: 'a.example:5000/nginx:1' } }],
  ['a tag that begins like latest', { images: { nginx: 'nginx:latest-1' } }],
  ['an image with wireguard-go', { images: { wireguard: 'wg:1' }, userspace: true }],
  ['an exporter that is not used', { images: { exporter: 'exporter' } }],
  ['a name at another UDP port', { services: service('dns.example.org:53', 'udp') }],
  ['an isolated destination among the pods', { services: service('10.42.0.1:1'), isolate: true }],
  [
    'an isolated ClusterIP with a rule of its own',
    { services: service('10.43.0.1:1'), isolate: { egress: [{ ports: [{ port: 1 }] }] } },
  ],
  ['a ClusterIP that nothing isolates', { services: service('10.43.0.1:1') }],
])('%s brings no warning', (_, keys) => {
  expect(warnings(keys)).toEqual([]);
});

test.each<[string, Partial<InventoryInput>, string[]]>([
  ['the node port before the first', { nodePort: 29999 }, ['nodePort: 29999 is outside']],
  ['the node port after the last', { nodePort: 32768 }, ['nodePort: 32768 is outside']],
  [
    'an inventory that is just begun',
    { peers: {}, services: {} },
    ['there are no peers: nobody', 'there are no services: nobody'],
  ],
  [
    'namespaces without a policy, each once',
    {
      services: {
        1: [{ name: 'a', dest: 'a.web.svc.cluster.local:1', port: 1 }],
        2: [{ name: 'b', dest: 'b.web.svc.cluster.local:1', port: 1 }],
        3: [{ name: 'c', dest: 'c.db.svc.cluster.local:1', port: 1 }],
        4: [{ name: 'd', dest: 'd.mail.svc.cluster.local:1', port: 1 }],
        5: [{ name: 'e', dest: 'example.org:1', port: 1 }],
      },
      networkPolicies: ['mail'],
    },
    ['namespace "db": services lead there', 'namespace "web": services lead there'],
  ],
])('%s brings a warning', (_, keys, expected) => {
  expect(warnings(keys)).toEqual(
    expected.map((begin) => expect.stringMatching(new RegExp(`^myth: ${begin}`)) as string),
  );
});
