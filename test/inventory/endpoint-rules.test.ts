import type { InventoryInput } from '../../lib/inventory/schema';
import { myth } from '../an-inventory';
import { faultsOf } from './faults';

const faults = (keys: Partial<InventoryInput>): readonly string[] =>
  faultsOf(() => myth({ networkPolicies: [], ...keys }));

const db = { name: 'db', dest: 'pg.db.svc.cluster.local:5432', port: 5432 };
const target = 'node.example.net';

/** A zone, of which a record with this name has 253 characters. */
const zoneFor = (name: string): string => {
  const labels = `${'a'.repeat(62)}.`.repeat(4).slice(0, 253 - name.length - 1 - 4);
  return `${labels}.org`;
};

test.each<[string, Partial<InventoryInput>]>([
  ['a record of 253 characters', { dns: { zone: zoneFor('vpn'), name: 'vpn', target } }],
  [
    "a service's record of 253 characters",
    {
      services: { 1: [db] },
      dns: { zone: zoneFor('db.vpn'), name: 'vpn', target, services: true },
    },
  ],
  ['a name that ends like the zone', { dns: { zone: 'b.org', name: 'vpn-b.org', target } }],
  ['a namespace that begins like those of the cluster', { namespace: 'kubernetes' }],
  ['the namespace of a Prometheus that scrapes nothing', { namespace: 'monitoring' }],
  ['a namespace without Prometheus', { namespace: 'vpn', metrics: true }],
  ['one name twice without a DNS name for it', { services: { 1: [db], 2: [db] } }],
  ['one name twice at one address', { services: { 1: [db, { ...db, port: 1 }] } }],
])('%s is accepted', (_, keys) => {
  expect(faults(keys)).toEqual([]);
});

test.each<[string, Partial<InventoryInput>, string]>([
  [
    'a record of 254 characters',
    { dns: { zone: zoneFor('vpn'), name: 'vpns', target } },
    'dns.name: "vpns": makes a record of 254 characters; 253 is the limit',
  ],
  [
    "a service's record of 254 characters",
    {
      services: { 1: [{ ...db, name: 'dbs' }] },
      dns: { zone: zoneFor('db.vpn'), name: 'vpn', target, services: true },
    },
    'services.1[0].name: "dbs": makes a DNS name longer than 253 characters; shorten it or dns.name',
  ],
  [
    "a service's record that is the target",
    {
      services: { 1: [db] },
      dns: { zone: 'example.org', name: 'vpn', target: 'db.vpn.example.org', services: true },
    },
    'services.1[0].name: "db": would take the place of dns.target; rename it',
  ],
  [
    'one address in the network',
    { dns: { zone: 'example.org', name: 'vpn', target: '10.1.3.17' } },
    'dns.target: "10.1.3.17": leads into the network 10.1.3.16/28; give the nodes\' own address',
  ],
  [
    'a namespace of Kubernetes',
    { namespace: 'kube-node-lease' },
    'namespace: "kube-node-lease": is a namespace of the cluster itself; give the endpoint its own, such as wireguard',
  ],
  [
    'the namespace of a destination, beside a policy for another',
    {
      namespace: 'db',
      services: { 1: [db, { ...db, dest: 'web.web.svc.cluster.local:80', port: 80 }] },
      networkPolicies: ['web'],
    },
    'namespace: "db": is where service "db" leads, and would become privileged; give the endpoint its own, such as wireguard',
  ],
  [
    'a policy for a namespace of nearly that name',
    { services: { 1: [db] }, networkPolicies: ['dbs'] },
    'networkPolicies[0]: "dbs": is no namespace a service leads to; did you mean "db"?',
  ],
])('%s is refused', (_, keys, fault) => {
  expect(faults(keys)).toEqual([`myth: ${fault}`]);
});

test('a target is looked at where peers and network are wrong', () => {
  const dns = { zone: 'example.org', name: 'vpn', target: ['10.1.2.4', '10.1.3.17'] };
  expect(faults({ peers: { '10.1.2.4': { name: 'hero', pubkey: '' } }, network: '', dns })).toEqual(
    [expect.stringContaining('network: '), expect.stringContaining('.pubkey: ')],
  );
});
