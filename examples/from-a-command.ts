/**
 * Prints the manifests of an inventory that a command prints as JSON:
 * `npx tsx examples/from-a-command.ts <cluster> <command> [argument...]`
 */
import { execFileSync } from 'node:child_process';
import { App, Chart } from 'cdk8s';
import { checkInventory, WireguardEndpoint } from '../lib';
import { reportUserErrors } from '../lib/errors';

const [cluster = '', command = '', ...args] = process.argv.slice(2);

void reportUserErrors(() => {
  const printed = execFileSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 30 });
  const inventory = checkInventory(JSON.parse(printed), cluster);
  const app = new App();
  new WireguardEndpoint(new Chart(app, 'wireguard'), 'endpoint', { inventory });
  process.stdout.write(app.synthYaml());
});
