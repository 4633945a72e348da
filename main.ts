/** Writes `dist/<cluster>/wireguard.k8s.yaml` for each `inventory/<cluster>.yaml`. */
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { committedEgress } from './lib/committed-policy';
import { reportUserErrors } from './lib/errors';
import { loadInventories } from './lib/inventory/load';
import { sharedPeerWarnings } from './lib/inventory/shared-peers';
import { inventoryWarnings } from './lib/inventory/warnings';
import { readHostKey } from './lib/keys/read-host-key';
import { WireguardEndpoint } from './lib/manifests/endpoint';
import { replaceManifests } from './lib/output';
import { log } from './lib/terminal';

void reportUserErrors(() => {
  const outdir = process.env.CDK8S_OUTDIR || 'dist';
  const endpoints = loadInventories(process.env.INVENTORY_DIR || 'inventory').map((inventory) => ({
    inventory,
    hostKey: readHostKey(inventory),
    committedEgress: committedEgress(outdir, inventory),
  }));
  replaceManifests(outdir, (folder) => {
    for (const props of endpoints) {
      const app = new App({ outdir: join(folder, props.inventory.cluster) });
      new WireguardEndpoint(new Chart(app, 'wireguard'), 'endpoint', props);
      app.synth();
    }
  });
  for (const { inventory, hostKey } of endpoints) {
    log(...inventoryWarnings(inventory));
    if (!hostKey) {
      const { cluster } = inventory;
      log(`${cluster}: no host key yet: make one with npm run keygen -- ${cluster}`);
    }
  }
  log(...sharedPeerWarnings(endpoints.map(({ inventory }) => inventory)));
});
