/**
 * Prints the manifests of an inventory that a command prints as JSON:
 * `npx tsx examples/from-a-command.ts <cluster> <command> [argument...]`
 */
import { spawnSync } from 'node:child_process';
import { App, Chart } from 'cdk8s';
import { checkInventory, reportUserErrors, UserError, WireguardEndpoint } from '../lib';

void reportUserErrors(() => {
  const [cluster, command, ...args] = process.argv.slice(2);
  if (cluster === undefined || command === undefined) {
    throw new UserError('give the name of the cluster, then a command that prints its inventory');
  }
  const inventory = checkInventory(readJson(command, args), cluster);
  const app = new App();
  new WireguardEndpoint(new Chart(app, 'wireguard'), 'endpoint', { inventory });
  process.stdout.write(app.synthYaml());
});

function readJson(command: string, args: readonly string[]): unknown {
  const { stdout, status, signal, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    stdio: ['inherit', 'pipe', 'inherit'],
  });
  if (error) throw new UserError(`${command}: cannot be run (${error.message})`);
  if (status !== 0)
    throw new UserError(`${command}: ended with ${signal ?? `exit code ${status}`}`);
  try {
    return JSON.parse(stdout);
  } catch {
    throw new UserError(`${command}: what it printed is no JSON`);
  }
}
