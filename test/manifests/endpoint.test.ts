import { App, Chart } from 'cdk8s';
import { InventoryError, WireguardEndpoint, type InventoryInput } from '../../lib';
import { myth } from '../an-inventory';

const input: InventoryInput = { network: '10.1.3.16/28', peers: {}, services: {} };

const endpoint = (props: { inventory: InventoryInput; cluster?: string }) =>
  new WireguardEndpoint(new Chart(new App(), 'chart'), 'The_Endpoint', props);

test('the cluster of an inventory in TypeScript is named by a property, not by the id', () => {
  expect(endpoint({ inventory: input }).inventory.cluster).toBe('wireguard');
  expect(endpoint({ inventory: input, cluster: 'yen' }).inventory.cluster).toBe('yen');
  expect(() => endpoint({ inventory: { ...input, mtu: 1 }, cluster: 'yen' })).toThrow(
    new InventoryError(['yen: mtu: 1: must be 1280 to 65456']),
  );
});

test('a checked inventory keeps its name; a changed copy is refused in a sentence', () => {
  const chart = new Chart(new App(), 'chart');
  const made = new WireguardEndpoint(chart, 'one', { inventory: myth(), cluster: 'yen' });
  expect(made.inventory.cluster).toBe('myth');
  const copy = { ...myth(), replicas: 2 };
  expect(() => new WireguardEndpoint(chart, 'two', { inventory: copy })).toThrow(
    /^wireguard: this is a changed copy of a checked inventory[^\n]*$/,
  );
});
