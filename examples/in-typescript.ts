/** Prints the manifests of an inventory written in TypeScript, where an editor checks its shape. */
import { App, Chart } from 'cdk8s';
import { reportUserErrors, WireguardEndpoint, type InventoryInput } from '../lib';

const databases = ['postgresql', 'mariadb'];

const myth: InventoryInput = {
  network: '10.1.3.16/28',
  peers: {
    '10.1.2.4': { name: 'hero', pubkey: 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=' },
  },
  services: Object.fromEntries(
    databases.map((name, offset) => [
      offset,
      [{ name, dest: `${name}.${name}.svc.cluster.local:5432`, port: 5432 }],
    ]),
  ),
};

void reportUserErrors(() => {
  const app = new App();
  const chart = new Chart(app, 'wireguard');
  new WireguardEndpoint(chart, 'endpoint', { inventory: myth, cluster: 'myth' });
  process.stdout.write(app.synthYaml());
});
