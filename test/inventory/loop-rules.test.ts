import type { InventoryInput } from '../../lib/inventory/schema';
import { inventoryWarnings } from '../../lib/inventory/warnings';
import { myth } from '../an-inventory';
import { faultsOf } from './faults';

const dns = { zone: 'example.org', name: 'vpn', target: ['192.0.2.7', '192.0.2.8'] };

/** An inventory with one service. */
const leading = (
  dest: string,
  protocol: 'tcp' | 'udp',
  keys: Partial<InventoryInput> = {},
): Partial<InventoryInput> => ({
  services: { 1: [{ name: 'a', dest, port: 1, protocol }] },
  networkPolicies: [],
  dns,
  ...keys,
});
const balanced = { service: { type: 'LoadBalancer' as const }, nodePort: 30342 };

test.each<[string, Partial<InventoryInput>]>([
  ['TCP to the node port', leading('192.0.2.8:30342', 'tcp', { nodePort: 30342 })],
  ['UDP to another port of a node', leading('192.0.2.8:342', 'udp', { nodePort: 30342 })],
  ['UDP to that port of another host', leading('192.0.2.9:30342', 'udp', { nodePort: 30342 })],
  ["the node port behind a load balancer's name", leading('192.0.2.8:30342', 'udp', balanced)],
  ["a service's record that is not made", leading('a.vpn.example.org:1', 'tcp')],
  ['the Service of another namespace', leading('wireguard.vpn.svc.cluster.local:342', 'tcp')],
])('%s leads elsewhere', (_, keys) => {
  expect(faultsOf(() => myth(keys))).toEqual([]);
});

test.each<[string, Partial<InventoryInput>, string]>([
  ['the node port', leading('192.0.2.8:30342', 'udp', { nodePort: 30342 }), 'own port as clients'],
  ['the port of a load balancer', leading('192.0.2.8:342', 'udp', balanced), 'own port as clients'],
  ['its Service', leading('wireguard.wireguard.svc.cluster.local:1', 'tcp'), 'own Service, so'],
  ['its record', leading('vpn.example.org:1', 'tcp'), 'own DNS record, so it leads back'],
])('%s leads back', (_, keys, reason) => {
  expect(faultsOf(() => myth(keys))).toEqual([expect.stringContaining(reason)]);
});

test('a load balancer with a pinned node port has it on every node, too', () => {
  const keys = leading('node.example.net:30342', 'udp', balanced);
  expect(inventoryWarnings(myth(keys))).toHaveLength(1);
  expect(inventoryWarnings(myth({ ...keys, nodePort: 30343 }))).toEqual([]);
});
