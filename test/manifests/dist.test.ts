import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { App, Chart, Yaml } from 'cdk8s';
import { WireguardEndpoint, loadInventories, readHostKey } from '../../lib';
import { scripts, scriptsChecksum } from '../../lib/manifests/pod/scripts';
import { reviewable } from './reviewable';
import { myth } from '../an-inventory';
import { synthesize } from './synthesized';

const inventories = loadInventories(process.env['INVENTORY_DIR'] || 'inventory');
const dist = process.env['CDK8S_OUTDIR'] || 'dist';

describe.each(inventories.map((inventory) => [inventory.cluster, inventory] as const))(
  'the manifests of %s',
  (cluster, inventory) => {
    let manifests: object[];
    beforeAll(() => {
      const chart = new Chart(new App(), 'wireguard');
      new WireguardEndpoint(chart, 'endpoint', { inventory, hostKey: readHostKey(inventory) });
      manifests = chart.toJson() as object[];
    });

    test('are committed as synth writes them: else run `npm run update`', () => {
      const file = `${dist}/${cluster}/wireguard.k8s.yaml`;
      expect(existsSync(file) ? readFileSync(file, 'utf8') : `${file} is missing`).toBe(
        Yaml.stringify(...manifests),
      );
    });

    // A change of the inventory shows here: review it, then run `npm run update`.
    test('are what was reviewed: else look at the difference and run `npm run update`', () => {
      const text = reviewable(manifests).replace(scriptsChecksum, '(of the scripts)');
      expect(`\n${text}`).toMatchSnapshot();
    });
  },
);

test('dist/ holds the clusters of inventory/ and no other', () => {
  const folders = readdirSync(dist).filter((name) => !name.startsWith('.'));
  expect(folders).toEqual(inventories.map(({ cluster }) => cluster));
});

test('Flux is told to leave the shell variables of the ConfigMaps alone', () => {
  expect(Object.values(scripts).join()).toContain('${');
  const maps = synthesize(myth()).filter(({ kind }) => kind === 'ConfigMap');
  expect(maps.map(({ metadata }) => metadata)).toEqual([
    expect.objectContaining({
      annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
    }),
  ]);
});
