import { checkInventory } from '../../lib/inventory/check';
import * as address from '../../lib/formats/address';
import { article } from '../an-inventory';
import { faultsOf } from './faults';

jest.mock('../../lib/formats/address', () => {
  const actual = jest.requireActual<typeof address>('../../lib/formats/address');
  return { ...actual, overlaps: jest.fn(actual.overlaps) };
});

test('what overlaps among many peers is found without comparing each with each', () => {
  const COUNT = 1000;
  const peers = Object.fromEntries(
    Array.from({ length: COUNT }, (_, n) => [
      `10.64.${n >> 8}.${n & 255}`,
      {
        name: `p${n}`,
        pubkey: Buffer.alloc(32, `key ${n} `).toString('base64'),
        allowedIPs: [`172.16.${n >> 8}.${n & 255}/32`],
      },
    ]),
  );
  const check = () => checkInventory({ ...article, peers }, 'big');
  const { mock } = jest.mocked(address.overlaps);
  expect(check().peers).toHaveLength(COUNT);
  // Each block with the network, with its neighbour, and a few times more.
  expect(mock.calls.length).toBeGreaterThan(COUNT);
  expect(mock.calls.length).toBeLessThan(20 * COUNT);
  const [first] = Object.values(peers);
  first?.allowedIPs.splice(0, 1, '172.16.0.0/24');
  expect(faultsOf(check)).toHaveLength(255);
});
