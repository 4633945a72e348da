import { join } from 'node:path';
import { Command, Option } from 'commander';
import { deviceName } from '../client/device';
import {
  CLIENT_FORMATS,
  type ClientFile,
  type ClientFormat,
  clientFiles,
} from '../client/client-files';
import { type Membership, joinedTunnels, overlapNotes } from '../client/join';
import { lookUpConfiguration } from '../client/lookup';
import { saveTunnels } from '../client/save';
import { type Tunnel, tunnelOf } from '../client/tunnel';
import { UserError, reportUserErrors } from '../errors';
import type { Peer } from '../inventory/inventory';
import { select } from '../select';
import { log, print } from '../terminal';
import { parseHost } from './host';
import { clustersBeside, inventoriesOf, inventoryOf } from './inventories';

interface Options {
  readonly format: ClientFormat;
  readonly allClusters?: string;
  readonly all?: string;
  readonly endpoint?: string;
  readonly privateKey?: string;
  readonly presharedKey?: string;
}

export const command = new Command('npm run --silent client --')
  .description(
    "Prints what connects a peer to a cluster. The peer's own keys are never known here: they are read " +
      "from the peer's disk, or put into the file there. Asks neither the cluster nor the DNS.",
  )
  .argument('[cluster]', 'name of an inventory file without .yaml')
  .argument('[peer]', 'name of a peer')
  .addOption(
    new Option('--format <format>', 'what to print')
      .choices(CLIENT_FORMATS)
      .default('wg-quick' satisfies ClientFormat),
  )
  .addOption(
    new Option(
      '--all-clusters <peer>',
      'what connects this peer to every cluster that knows it: one device where address and key are the same',
    ).conflicts('endpoint'),
  )
  .option('--all <dir>', 'write the files of every peer to <dir>/<peer>/ instead')
  .option(
    '--endpoint <host>',
    "name or address to connect to (default: the inventory's)",
    parseHost,
  )
  .option('--private-key <path>', "file with the private key on the peer's disk")
  .option('--preshared-key <path>', 'file with the preshared key, for a peer with psk: true')
  .addHelpText(
    'after',
    `
The port is the inventory's nodePort, or the one \`npm run dns\` wrote to
wireguard-generated-configuration-<cluster>.yaml in the working directory.

Environment:
  INVENTORY_DIR   folder of the inventories (default: inventory)

Examples:
  npm run --silent client -- myth hero > myth.conf
  npm run --silent client -- myth --all clients --format networkd
  npm run --silent client -- --all-clusters hero > hero.conf`,
  )
  .action((cluster: string | undefined, peer: string | undefined, options: Options) =>
    reportUserErrors(() => {
      const tunnels = tunnelsOf(cluster, peer, options);
      const { format, all, privateKey, presharedKey } = options;
      const written = tunnels.map((tunnel) => ({
        tunnel,
        files: clientFiles(tunnel, format, { privateKey, presharedKey }),
      }));
      if (all === undefined) {
        printFiles(written.flatMap(({ files }) => files));
        return;
      }
      const placed = written.map((each) => ({ ...each, folder: join(all, each.tunnel.peer) }));
      for (const { file, state } of saveTunnels(placed)) print(`${state}  ${file}`);
    }),
  );

/** @throws UserError when the arguments do not say which tunnels are meant, or nothing says where they lead */
function tunnelsOf(
  cluster: string | undefined,
  peer: string | undefined,
  { all, allClusters, endpoint }: Options,
): Tunnel[] {
  if (allClusters !== undefined) {
    if (cluster === undefined) return tunnelsToAll(allClusters);
    throw new UserError('--all-clusters names a peer: leave the cluster out');
  }
  if (cluster === undefined) throw new UserError('give a cluster, or --all-clusters with a peer');
  const inventory = inventoryOf(cluster);
  if ((peer === undefined) === (all === undefined)) {
    const names = inventory.peers.map(nameOf).join(', ');
    throw new UserError(`give either one peer (there are: ${names}), or --all with a folder`);
  }
  const peers = select('peer', peer === undefined ? [] : [peer], inventory.peers, nameOf);
  const configuration = lookUpConfiguration(inventory, { endpoint });
  const device = deviceName(cluster, clustersBeside(cluster));
  return peers.map((each) => tunnelOf(inventory, each, configuration, device));
}

function tunnelsToAll(name: string): Tunnel[] {
  const inventories = inventoriesOf([]);
  const names = new Set(inventories.flatMap(({ peers }) => peers.map(nameOf)));
  select('peer', [name], [...names], (known) => known);
  const memberships = inventories.flatMap((inventory): Membership[] => {
    const peer = inventory.peers.find((known) => known.name === name);
    return peer === undefined
      ? []
      : [{ inventory, peer, configuration: lookUpConfiguration(inventory) }];
  });
  log(...overlapNotes(memberships));
  return joinedTunnels(
    memberships,
    inventories.map((inventory) => inventory.cluster),
  );
}

function nameOf({ name }: Peer): string {
  return name;
}

/** One file as it is; several each under its name. */
function printFiles(files: readonly ClientFile[]): void {
  const texts = files.map(({ name, text }) => (files.length === 1 ? text : `# ${name}\n${text}`));
  process.stdout.write(texts.join('\n'));
}

if (require.main === module) void command.parseAsync();
