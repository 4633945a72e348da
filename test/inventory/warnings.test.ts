import { inventoryWarnings } from '../../lib/inventory/warnings';
import { myth } from '../an-inventory';

test('what lies in a range of clusters is counted by what it is', () => {
  const peers = Object.fromEntries(
    [1, 2, 3].map((n) => [
      `10.42.0.${n}`,
      { name: `p${n}`, pubkey: Buffer.alloc(32, n).toString('base64') },
    ]),
  );
  const [one = '', ...rest] = inventoryWarnings(myth({ peers }));
  expect(rest).toEqual([]);
  expect(one).toContain('10.42.0.1 lies where k3s');
  expect(one).toContain(', as do 2 more addresses or networks of peers; move it');
});
