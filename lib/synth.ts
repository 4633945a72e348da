import { App, Chart } from 'cdk8s';
import { committedEgress } from './committed-policy';
import { loadInventories } from './inventory/load';
import { sharedPeerWarnings } from './inventory/shared-peers';
import { inventoryWarnings } from './inventory/warnings';
import { readHostKey } from './keys/read-host-key';
import { WireguardEndpoint } from './manifests/endpoint';
import { replaceManifests, type ManifestChange } from './manifest-files';

/** What a synth did, and what its reader should know. */
export interface Synthesis {
  readonly changes: readonly ManifestChange[];
  readonly warnings: readonly string[];
}

/**
 * Writes `<outdir>/<cluster>/wireguard.k8s.yaml` for each `<inventories>/<cluster>.yaml`, or nothing when
 * anything is wrong with one of them.
 *
 * @throws UserError with every issue
 */
export function synthesize(inventories: string, outdir: string): Synthesis {
  const endpoints = loadInventories(inventories).map((inventory) => ({
    inventory,
    hostKey: readHostKey(inventory),
    committedEgress: committedEgress(outdir, inventory),
  }));
  const manifests = endpoints.map((props) => {
    const app = new App();
    new WireguardEndpoint(new Chart(app, 'wireguard'), 'endpoint', props);
    return [props.inventory.cluster, app.synthYaml()] as const;
  });
  const changes = replaceManifests(outdir, inventories, new Map(manifests));
  const warnings = [
    ...endpoints.flatMap(({ inventory, hostKey }) => [
      ...inventoryWarnings(inventory),
      ...(hostKey ? [] : [withoutHostKey(inventory.cluster)]),
    ]),
    ...sharedPeerWarnings(endpoints.map(({ inventory }) => inventory)),
  ];
  return { changes, warnings };
}

function withoutHostKey(cluster: string): string {
  return `${cluster}: no host key yet: make one with npm run keygen -- ${cluster}`;
}
