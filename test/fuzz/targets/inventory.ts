import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { parseInventory } from '../../../lib/inventory/load';
import { inventoryWarnings } from '../../../lib/inventory/warnings';
import { WireguardEndpoint } from '../../../lib/manifests/endpoint';
import { graph } from '../../../lib/graph';
import { checkSame, checkShown, harmless } from '../harmless';

export const seeds = ['valid', 'invalid'].flatMap((kind) => {
  const folder = join('test/fixtures', kind);
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
});

/** An inventory file, and what is made of it. */
export async function fuzz(data: Buffer): Promise<void> {
  const text = data.toString();
  const inventory = await harmless(() => parseInventory('inventory/myth.yaml', text));
  if (inventory === undefined) return;
  for (const line of inventoryWarnings(inventory)) checkShown(line);
  graph(inventory);
  const again = parseInventory('inventory/myth.yaml', text);
  const hostKey = undefined;
  const [one, other] = [inventory, again].map((from) => {
    const app = new App();
    new WireguardEndpoint(new Chart(app, 'wireguard'), 'endpoint', { inventory: from, hostKey });
    return app.synthYaml();
  });
  checkSame(one ?? '', other ?? '');
}
