import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { appConfiguration, appFile } from '../client/app';
import { deviceName } from '../client/device';
import { lookUpConfiguration } from '../client/lookup';
import { type QrCode, qrCode, qrLines, qrPng, qrSvg } from '../client/qr-code';
import { tunnelOf } from '../client/tunnel';
import { UserError, reportUserErrors } from '../errors';
import { ifThere, type WholeFile } from '../files';
import { refuseTracked } from '../git-ignore';
import type { Inventory, Peer } from '../inventory/inventory';
import { inventoryWarnings } from '../inventory/warnings';
import {
  type InventoryChange,
  applyChange,
  peerAddition,
  peerRemoval,
} from '../inventory-file/change';
import { presharedKeyFile } from '../keys/read-host-key';
import { generatePrivateKey, publicKeyOf } from '../keys/wireguard-key';
import { select } from '../select';
import { log, print } from '../terminal';
import { parseHost } from './host';
import { clustersBeside, inventoryFileOf, inventoryOf } from './inventories';

interface Options {
  readonly address?: string;
  readonly pubkey?: string;
  readonly text?: true;
  readonly png?: string;
  readonly svg?: string;
  readonly endpoint?: string;
  readonly remove?: true;
}

/**
 * What connects the peer goes to standard output and nothing else does, so that it can be piped. The
 * words go to standard error.
 */
export const command = new Command('npm run peer --')
  .description(
    'Adds a peer to the inventory file of a cluster, or removes it. Without --pubkey it makes the key of ' +
      'a phone or a desktop app, and shows the whole configuration once, as a QR code: only the public ' +
      'half is kept.',
  )
  .argument('<cluster>', 'name of an inventory file without .yaml')
  .argument('<name>', 'name of the peer, a DNS label')
  .option('--address <address>', 'VPN address (default: the next free one beside the others)')
  .addOption(
    new Option('--pubkey <key>', 'public key of a machine that made its own').conflicts([
      'text',
      'png',
      'svg',
      'endpoint',
    ]),
  )
  .option('--text', 'print the configuration as text, and no QR code')
  .option('--png <file>', 'write the QR code to an image instead, mode 0600')
  .option('--svg <file>', 'write the QR code to an image instead, mode 0600')
  .option(
    '--endpoint <host>',
    "name or address to connect to (default: the inventory's)",
    parseHost,
  )
  .addOption(
    new Option('--remove', 'take the peer out of the file, wherever it is named').conflicts([
      'address',
      'pubkey',
      'text',
      'png',
      'svg',
      'endpoint',
    ]),
  )
  .addHelpText(
    'after',
    `
Comments, order and layout of the file stay as they are. Nothing is written when anything is wrong.

Environment:
  INVENTORY_DIR   folder of the inventories (default: inventory)

Examples:
  npm run peer -- myth phone
  npm run peer -- myth laptop --pubkey IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=
  npm run --silent peer -- myth tablet --text > /run/user/1000/myth.conf
  npm run peer -- myth phone --remove`,
  )
  .action((cluster: string, name: string, options: Options) =>
    reportUserErrors(async () => {
      const inventory = inventoryOf(cluster);
      const file = inventoryFileOf(cluster);
      if (options.remove) remove(inventory, file, name);
      else if (options.pubkey !== undefined) addWithKey(file, name, options.pubkey, options);
      else await addWithoutKey(inventory, file, name, options);
    }),
  );

function addWithKey(file: string, name: string, publicKey: string, { address }: Options): void {
  const change = peerAddition(file, { name, publicKey, address });
  const { cluster } = change.after;
  applyChange(change);
  sayAdded(change, name);
  log(
    'Next:',
    ...publish(change),
    `- give ${name} its configuration: \`npm run --silent client -- ${cluster} ${name}\``,
  );
}

async function addWithoutKey(
  inventory: Inventory,
  file: string,
  name: string,
  { address, text, png, svg, endpoint }: Options,
): Promise<void> {
  // Before a key is made: what the configuration says must be known.
  const configuration = lookUpConfiguration(inventory, { endpoint });
  const privateKey = generatePrivateKey();
  const change = peerAddition(file, {
    name,
    publicKey: publicKeyOf(privateKey),
    address,
  });
  const { cluster } = inventory;
  const peer = peerOf(change.after, name);
  const tunnel = tunnelOf(
    inventory,
    peer,
    configuration,
    deviceName(cluster, clustersBeside(cluster)),
  );
  const code = await qrCode(appConfiguration(tunnel, privateKey));
  const images = await imagesOf(code, png, svg);
  const isShown = text === undefined && images.length === 0;
  if (isShown) refuseSmall(code, name);

  applyChange(change, images);
  sayAdded(change, name);
  for (const { path } of images) {
    log(`wrote ${path}: it holds the private key of ${name}; delete it when it was scanned`);
  }
  if (isShown)
    log(
      '',
      `Scan this with the WireGuard app of ${name}. It holds the private key, and is shown once:`,
      '',
    );
  if (isShown) process.stdout.write(`${qrLines(code).join('\n')}\n`);
  if (text) process.stdout.write(appFile(tunnel, privateKey).text);
  log(...(isShown ? [''] : []), 'Next:', ...publish(change));
}

/** @throws UserError when a file is there already, or git would track it */
async function imagesOf(
  code: QrCode,
  png: string | undefined,
  svg: string | undefined,
): Promise<WholeFile[]> {
  const images = [
    ...(png === undefined ? [] : [{ path: png, content: await qrPng(code), mode: 0o600 }]),
    ...(svg === undefined ? [] : [{ path: svg, content: qrSvg(code), mode: 0o600 }]),
  ];
  if (png !== undefined && svg !== undefined && resolve(png) === resolve(svg)) {
    throw new UserError(`${png}: cannot be PNG and SVG at once; name two files`);
  }
  for (const { path } of images) {
    if (ifThere(path, () => lstatSync(path)) !== undefined) {
      throw new UserError(`${path}: is there already, and was left as it is; name another file`);
    }
    refuseTracked(
      path,
      'a private key',
      'name one outside of the repository, or have git ignore it',
    );
  }
  return images;
}

/** A code that wraps or scrolls off cannot be scanned, and is not shown again. */
function refuseSmall(code: QrCode, name: string): void {
  const elsewhere = 'or give --text, --png FILE or --svg FILE';
  if (!process.stdout.isTTY) {
    throw new UserError(
      `standard output is no terminal, which could show the QR code of ${name}: run it in one, ${elsewhere}`,
    );
  }
  const [width, height] = [code.length, Math.ceil(code.length / 2)];
  const { columns, rows } = process.stdout;
  if (columns < width || rows < height + 1) {
    throw new UserError(
      `the QR code takes ${width} columns and ${height + 1} lines, and this terminal has ${columns} and ` +
        `${rows}: enlarge its window or shrink its font, ${elsewhere}`,
    );
  }
}

function remove(inventory: Inventory, file: string, name: string): void {
  const [peer] = select('peer', [name], inventory.peers, (known) => known.name);
  if (peer === undefined) throw new Error(`${name} was selected, and is not there`);
  const change = peerRemoval(file, name);
  print(
    `${name}, ${peer.address.text}, loses`,
    ...losses(inventory, peer),
    ...commentLines(change.comments),
  );
  applyChange(change);
  log(`removed ${name} from ${file}`, ...newWarnings(change), '', 'Next:', ...publish(change));
  if (peer.psk) log(`- git rm ${presharedKeyFile(inventory.cluster, name)}`);
}

function losses({ cluster, services }: Inventory, { name, publicKey, allowedIPs }: Peer): string[] {
  const lists = services.filter(({ peers }) => peers?.some((peer) => peer.name === name));
  const open = services.filter(({ peers }) => peers === undefined);
  const closed = lists.filter(({ peers }) => peers?.length === 1);
  return [
    `- its entry in ${cluster}, with the public key ${publicKey}`,
    ...(allowedIPs.length === 0
      ? []
      : [`- the route to what is behind it: ${allowedIPs.map(({ text }) => text).join(', ')}`]),
    ...open.map((service) => `- ${service.name}, which stays open to every other peer`),
    ...lists
      .filter((service) => !closed.includes(service))
      .map((service) => `- ${service.name}, where it is taken off the list of peers`),
    ...closed.map(
      (service) =>
        `- ${service.name}, where it is the only one on the list of peers: \`peers: []\` lets nobody in, and ` +
        'without the key `peers` everybody comes in',
    ),
  ];
}

function commentLines(comments: readonly string[]): string[] {
  return comments.map((comment) => `- the comment ${comment}`);
}

function sayAdded(change: InventoryChange, name: string): void {
  const { address } = peerOf(change.after, name);
  log(`added ${name}, ${address.text}, to ${change.file}`, ...newWarnings(change));
}

function newWarnings({ before, after }: InventoryChange): string[] {
  const known = inventoryWarnings(before);
  return inventoryWarnings(after).filter((warning) => !known.includes(warning));
}

function publish({ file }: InventoryChange): string[] {
  return ['- npm run update', `- commit ${file} and what that changed, and push`];
}

function peerOf({ peers }: Inventory, name: string): Peer {
  const peer = peers.find((known) => known.name === name);
  if (peer === undefined) throw new Error(`${name} was added, and is not there`);
  return peer;
}

// A reader that goes away before it has the configuration is told on the other stream.
process.stdout.on('error', () => {
  log('standard output was closed too early: the peer was added, but its key was not shown');
  log('remove it with --remove, and add it again');
  process.exit(1);
});

if (require.main === module) void command.parseAsync();
