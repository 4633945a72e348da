import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { CLIENT_FORMATS, type ClientFile, type ClientFormat, clientFiles } from '../client/forms';
import { lookUpConfiguration } from '../client/lookup';
import { tunnelOf } from '../client/tunnel';
import { writePrivate } from '../client/write-private';
import { UserError, reportUserErrors } from '../errors';
import type { Peer } from '../inventory/inventory';
import { select } from '../select';
import { print } from '../terminal';
import { inventoryOf } from './inventories';

interface Options {
  readonly format: ClientFormat;
  readonly all?: string;
  readonly endpoint?: string;
  readonly privateKey?: string;
  readonly presharedKey?: string;
}

const command = new Command('npm run --silent client --')
  .description(
    "Prints what connects a peer to a cluster. The peer's own keys are never known here: they are read " +
      "from the peer's disk. Asks neither the cluster nor the DNS.",
  )
  .argument('<cluster>', 'name of an inventory file without .yaml')
  .argument('[peer]', 'name of a peer')
  .addOption(
    new Option('--format <format>', 'what to print')
      .choices(CLIENT_FORMATS)
      .default('wg-quick' satisfies ClientFormat),
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
  npm run --silent client -- myth --all clients --format networkd`,
  )
  .action((cluster: string, name: string | undefined, options: Options) =>
    reportUserErrors(() => {
      const { format, all, endpoint, privateKey, presharedKey } = options;
      const inventory = inventoryOf(cluster);
      if ((name === undefined) === (all === undefined)) {
        const names = inventory.peers.map(nameOf).join(', ');
        throw new UserError(`give either one peer (there are: ${names}), or --all with a folder`);
      }
      const peers = select('peer', name === undefined ? [] : [name], inventory.peers, nameOf);
      const configuration = lookUpConfiguration(
        inventory,
        endpoint === undefined ? {} : { endpoint },
      );
      const keys = {
        ...(privateKey === undefined ? {} : { privateKey }),
        ...(presharedKey === undefined ? {} : { presharedKey }),
      };
      for (const peer of peers) {
        const files = clientFiles(tunnelOf(inventory, peer, configuration), format, keys);
        if (all === undefined) printFiles(files);
        else write(join(all, peer.name), files);
      }
    }),
  );

function nameOf({ name }: Peer): string {
  return name;
}

/** One file as it is; several each under its name. */
function printFiles(files: readonly ClientFile[]): void {
  const texts = files.map(({ name, text }) => (files.length === 1 ? text : `# ${name}\n${text}`));
  process.stdout.write(texts.join('\n'));
}

function write(folder: string, files: readonly ClientFile[]): void {
  for (const { name, text } of files) {
    const file = join(folder, name);
    print(`${writePrivate(file, text) ? 'written' : 'unchanged'}  ${file}`);
  }
}

function parseHost(text: string): string {
  if (/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*$/.test(text))
    return text;
  throw new InvalidArgumentError('A host name or address without port or brackets is expected.');
}

void command.parseAsync();
