import type { InventoryInput } from '../../lib/inventory/schema';
import { METRICS_PORT } from '../../lib/ports';
import { myth } from '../an-inventory';
import { faultsOf } from './faults';

const faults = (keys: object): readonly string[] =>
  faultsOf(() => myth({ networkPolicies: [], ...keys }));

const db = { name: 'db', dest: '192.0.2.7:5432', port: 5432 };
const dns = { ...db, protocol: 'udp' as const };

test.each<[string, Partial<InventoryInput>]>([
  ['one port of both protocols', { services: { 1: [db, dns] } }],
  ['one port at two offsets', { services: { 1: [db], 2: [db] } }],
  ["a TCP service on the endpoint's port", { services: { 1: [{ ...db, port: 342 }] } }],
  [
    "a UDP service on the endpoint's default",
    { services: { 1: [{ ...dns, port: 342 }] }, port: 1 },
  ],
  ['PROXY protocol over TCP', { services: { 1: [{ ...db, proxyProtocol: true }] } }],
  ['the last offset of the network', { services: { 15: [db] } }],
  ['a health port that is a UDP port', { services: { 1: [dns] }, service: { healthPort: 5432 } }],
  ['a health port of its own', { services: { 1: [db] }, service: { healthPort: 5433 } }],
])('%s is accepted', (_, keys) => {
  expect(faults(keys)).toEqual([]);
});

test.each<[string, object, string[]]>([
  [
    'an address in the network as an offset',
    { services: { '10.1.3.18': [db] } },
    ['services: "10.1.3.18": must be an offset into the network: a whole number from 0; write 2'],
  ],
  [
    'an address elsewhere as an offset',
    { services: { '10.9.9.9': [db] } },
    ['services: "10.9.9.9": must be an offset into the network: a whole number from 0'],
  ],
  [
    'an address as an offset of no network',
    { services: { '10.1.3.18': [db] }, network: 1 },
    [
      'network: 1: must be text; put it in quotes',
      'services: "10.1.3.18": must be an offset into the network: a whole number from 0',
    ],
  ],
  [
    'the port of the metrics for health checks',
    { service: { healthPort: METRICS_PORT } },
    [`service.healthPort: ${METRICS_PORT}: is a port the pod needs itself; choose another`],
  ],
  [
    'a peer named twice, and one of nearly that name',
    { services: { 1: [{ ...db, peers: ['hero', 'hero', 'hera'] }] } },
    [
      'services.1[0].peers[1]: "hero": is in the list already; remove one',
      'services.1[0].peers[2]: "hera": is no peer\'s name; did you mean "hero"?',
    ],
  ],
])('%s is refused', (_, keys, expected) => {
  expect(faults(keys)).toEqual(expected.map((line) => `myth: ${line}`));
});

test('an offset that no network is known for is not blamed', () => {
  expect(faults({ services: { 99: [db] }, network: 1 })).toEqual([
    'myth: network: 1: must be text; put it in quotes',
  ]);
});
