import { loadInventory } from '../../lib/inventory/load';
import { scriptsChecksum } from '../../lib/manifests/pod/scripts';
import { reviewable } from './reviewable';
import { synthesize } from './synthesized';

// The one inventory that uses every key: a key that is ignored, or mistaken, shows here.
test('the manifests of an inventory with every key are what was reviewed', () => {
  const manifests = synthesize(loadInventory('test/fixtures/valid/everything.yaml'));
  const text = reviewable(manifests).replace(scriptsChecksum, '(of the scripts)');
  expect(`\n${text}`).toMatchSnapshot();
});
