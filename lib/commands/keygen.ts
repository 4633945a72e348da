import { relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { UserError, reportUserErrors } from '../errors';
import type { Inventory } from '../inventory/inventory';
import { encryptHostKey, encryptPresharedKey, type Written } from '../keys/keygen';
import { log, print } from '../terminal';
import { inventoryOf } from './inventories';

/**
 * What was made goes to standard output and nothing else does, so that it can be piped: the public
 * key, or the preshared key of a peer. The words go to standard error.
 */
export const command = new Command('npm run keygen --')
  .description(
    'Makes the host key of a cluster, or the preshared key of a peer, and encrypts it with SOPS into ' +
      'secrets/. Standard output carries the public key, or the preshared key, and nothing else.',
  )
  .argument('<cluster>', 'name of an inventory file without .yaml')
  .option('--psk <peer>', 'the preshared key of this peer; shown once, for the peer needs it too')
  .option('--rotate', 'replace the key there is')
  .option('--import <source>', 'encrypt an existing key; the only source is `-`, standard input')
  .addHelpText(
    'after',
    `
The key is encrypted for the age recipients in .sops.yaml; without that file, it is written with a new
age identity, age.agekey, which git must ignore. docs/keys.md has the rest.

Environment:
  INVENTORY_DIR   folder of the inventories (default: inventory)

Examples:
  npm run keygen -- myth
  npm run --silent keygen -- myth > myth.pub
  terraform output -raw wireguard-private-key | npm run keygen -- myth --import -
  npm run --silent keygen -- myth --psk hero | ssh hero 'sudo tee /etc/wireguard/myth.psk >/dev/null'`,
  )
  .action((cluster: string, options: Options) => reportUserErrors(() => keygen(cluster, options)));

interface Options {
  readonly psk?: string;
  readonly rotate?: true;
  readonly import?: string;
}

async function keygen(cluster: string, { psk, rotate, import: source }: Options): Promise<void> {
  const inventory = inventoryOf(cluster);
  const options = { rotate, imported: source === undefined ? undefined : await readKey(source) };
  if (psk === undefined) {
    const { publicKey, ...written } = await encryptHostKey(inventory, options);
    log(...files(written), `public key of ${cluster}:`);
    print(publicKey);
    log('', 'Next:', ...handOver(inventory, written), ...publish(written));
    if (rotate) {
      log(
        '- give every client the new public key: `npm run dns` rewrites the client file,',
        `  \`npm run --silent client -- ${cluster} <peer>\` a peer's; until then it cannot connect`,
      );
    }
  } else {
    const { presharedKey, ...written } = await encryptPresharedKey(inventory, psk, options);
    log(...files(written));
    if (presharedKey !== undefined) {
      log(`preshared key of ${psk}, shown this once; it is secret:`);
      print(presharedKey);
    }
    log('', 'Next:', ...handOver(inventory, written));
    if (!inventory.peers.some((peer) => peer.name === psk && peer.psk)) {
      log(`- write \`psk: true\` at peer ${psk} in the inventory`);
    }
    log(
      ...publish(written),
      `- put it on ${psk}, where its configuration reads it: \`npm run --silent client -- ${cluster} ${psk}\``,
    );
  }
}

async function readKey(source: string): Promise<string> {
  if (source !== '-') {
    throw new UserError('--import reads standard input only: pipe the key into `--import -`');
  }
  if (process.stdin.isTTY) {
    throw new UserError(
      '--import - reads a key from a pipe; typed here, the terminal would show it',
    );
  }
  return text(process.stdin);
}

function files({ files, identity, recipients, config }: Written): string[] {
  return [
    ...files.map((file) =>
      file === identity
        ? `wrote ${file}, the age identity: secret, ignored by git; keep a copy elsewhere`
        : `wrote ${file}`,
    ),
    `encrypted for ${recipients.join(', ')}, as ${config} says`,
  ];
}

/** How Flux gets the identity; nothing when it is not a first one. */
function handOver({ kubernetes }: Inventory, { identity }: Written): string[] {
  if (identity === undefined) return [];
  const target = kubernetes
    ? ['--kubeconfig', relative('', kubernetes.kubeconfig), '--context', kubernetes.context]
    : [];
  const kubectl = ['kubectl', ...target, '-n', 'flux-system', 'create', 'secret', 'generic'];
  return [
    '- hand the identity to Flux, once in each cluster:',
    `    ${[...kubectl, 'sops-age', `--from-file=${identity}`].map(quote).join(' ')}`,
    '  and have the Flux Kustomization that applies dist/ use it:',
    '    spec: { decryption: { provider: sops, secretRef: { name: sops-age } } }',
  ];
}

function publish({ files, identity }: Written): string[] {
  const tracked = files.filter((file) => file !== identity).map(quote);
  return ['- npm run update', `- git add ${tracked.join(' ')} dist test, and commit`];
}

/** A word as a shell takes it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

// A reader that goes away before it has the key is told on the other stream.
process.stdout.on('error', () => {
  log('standard output was closed too early: the key is encrypted in secrets/, but was not shown');
  process.exit(1);
});

if (require.main === module) void command.parseAsync();
