import { checkInventory } from '../../lib/inventory/check';
import type { Inventory } from '../../lib/inventory/inventory';
import { sharedPeerWarnings } from '../../lib/inventory/shared-peers';
import { article } from '../an-inventory';

const OTHER = 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=';

/** A cluster with the article's peers, or others. */
function inventory(cluster: string, network: string, peers: object = article.peers): Inventory {
  return checkInventory({ ...article, network, peers }, cluster);
}

const hero = { '10.7.7.7': { ...article.peers['10.1.2.4'], name: 'laptop' } };
const stranger = { '10.1.2.4': { name: 'hero', pubkey: OTHER } };

test('one peer in two clusters whose networks overlap, whatever its name and address there', () => {
  const clusters = [inventory('myth', '10.1.3.16/28'), inventory('yard', '10.1.3.0/27', hero)];
  expect(sharedPeerWarnings(clusters)).toEqual([
    'myth and yard: their networks 10.1.3.16/28 and 10.1.3.0/27 overlap, and peer "hero" is in both: ' +
      'it is connected to one of them at a time; give one cluster another network',
  ]);
});

test('several peers in each two of three clusters', () => {
  const clusters = ['myth', 'yard', 'zoo'].map((name) => inventory(name, '10.1.3.16/28'));
  const warnings = sharedPeerWarnings(clusters);
  expect(warnings.map((warning) => warning.split(':')[0])).toEqual([
    'myth and yard',
    'myth and zoo',
    'yard and zoo',
  ]);
  expect(warnings[0]).toContain('and peer "hero" and 1 other peer are in both: they are connected');
});

test.each<[string, Parameters<typeof inventory>]>([
  ['networks that do not overlap', ['yard', '10.1.4.0/28']],
  ['peers of one name with two keys', ['yard', '10.1.3.16/28', stranger]],
])('%s are nothing to warn of', (_, yard) => {
  expect(sharedPeerWarnings([inventory('myth', '10.1.3.16/28'), inventory(...yard)])).toEqual([]);
});
