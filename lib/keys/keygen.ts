import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { UserError } from '../errors';
import { writeWhole, type WholeFile } from '../files';
import type { Inventory } from '../inventory/inventory';
import { presharedKeySecret, PRESHARED_KEY_ENTRY } from './host-key';
import { firstIdentity } from './identity';
import { hostKeyFile, presharedKeyFile } from './read-host-key';
import { recipientsOf } from './recipients';
import { hostKeySecret, presharedSecret, type PlainSecret } from './secret';
import { encryptSecret } from './sops';
import { findSopsConfig, SOPS_CONFIG } from './sops-config';
import {
  generatePresharedKey,
  generatePrivateKey,
  parsePresharedKey,
  parsePrivateKey,
  publicKeyOf,
} from './wireguard-key';

export interface KeygenOptions {
  /** The repository: `secrets/` is in it, `.sops.yaml` in it or above. @default . */
  readonly folder?: string;
  /** Replace the key there is, and only then. @default false */
  readonly rotate?: boolean;
  /** A key that exists, as text; it is encrypted instead of a new one. @default - a new key */
  readonly imported?: string;
}

/** What was written; nothing secret. */
export interface Written {
  /** Paths in the order they were written; the encrypted file is the last. */
  readonly files: readonly string[];
  /** Whom the Secret is encrypted for: age recipients. */
  readonly recipients: readonly string[];
  /** Path of the `.sops.yaml` that names them. */
  readonly config: string;
  /** Path of the age identity, when it was taken up for a repository without `.sops.yaml`. */
  readonly identity?: string;
}

/**
 * Makes a cluster's host key, or takes the one given, and encrypts it into `secrets/`.
 *
 * @returns also the public half
 * @throws UserError before anything is written: when there is a key and `rotate` is not set or the
 * other way round, no recipient can be found, or the imported key is none
 */
export async function encryptHostKey(
  inventory: Inventory,
  options: KeygenOptions = {},
): Promise<Written & { readonly publicKey: string }> {
  const { cluster, key } = inventory;
  if (key) {
    throw new UserError(
      `${cluster}: the inventory takes the host key from the Secret ${key.secretName} (\`key\`): ` +
        'one made here would not be used; remove `key` first',
    );
  }
  const { folder = '.', imported } = options;
  const file = hostKeyFile(cluster, join(folder, 'secrets'));
  const privateKey = imported === undefined ? generatePrivateKey() : parsePrivateKey(imported);
  const publicKey = publicKeyOf(privateKey);
  const owner = inventory.peers.find((peer) => peer.publicKey === publicKey);
  if (owner) {
    throw new UserError(
      `${cluster}: this is the key of peer ${owner.name}, and no two ends can have the same: ` +
        "pipe the endpoint's own",
    );
  }
  const written = await encryptInto(file, hostKeySecret(inventory, privateKey, publicKey), options);
  return { ...written, publicKey };
}

/**
 * Makes the preshared key of one peer, or takes the one given, and encrypts it into `secrets/`.
 *
 * @returns also the key when it was made here: it is nowhere else in plaintext, and the peer needs it
 * @throws UserError as {@link encryptHostKey} does, and for an unknown peer
 */
export async function encryptPresharedKey(
  inventory: Inventory,
  peer: string,
  options: KeygenOptions = {},
): Promise<Written & { readonly presharedKey?: string }> {
  const { cluster, key, peers } = inventory;
  if (!peers.some(({ name }) => name === peer)) {
    const names = peers.map(({ name }) => name).join(', ');
    throw new UserError(
      `${cluster}: there is no peer "${peer}"; its peers are: ${names || 'none'}`,
    );
  }
  if (key) {
    throw new UserError(
      `${cluster}: the inventory takes its keys from elsewhere (\`key\`), preshared ones too: ` +
        `make a Secret ${presharedKeySecret(peer)} with an entry ${PRESHARED_KEY_ENTRY} there`,
    );
  }
  const { folder = '.', imported } = options;
  const file = presharedKeyFile(cluster, peer, join(folder, 'secrets'));
  const made = imported === undefined ? generatePresharedKey() : undefined;
  const presharedKey = made ?? parsePresharedKey(imported ?? '');
  const written = await encryptInto(file, presharedSecret(inventory, peer, presharedKey), options);
  return { ...written, ...(made !== undefined && { presharedKey: made }) };
}

/** Finds the recipients, encrypts in memory, then writes; the Secret last, so that it can be decrypted. */
async function encryptInto(
  file: string,
  secret: PlainSecret,
  { folder = '.', rotate = false }: KeygenOptions,
): Promise<Written> {
  if (existsSync(file) !== rotate) {
    throw new UserError(
      rotate
        ? `${file}: there is no key to rotate: leave --rotate away to make the first one`
        : `${file}: there is a key already; it was left as it is. \`--rotate\` replaces it`,
    );
  }
  const { recipients, config, files, identity } = await audience(file, folder);
  // SOPS and Kubernetes read YAML 1.1, where a bare time or `on` is no string.
  const content = stringify(await encryptSecret(secret, recipients), {
    version: '1.1',
    lineWidth: 0,
  });
  const all = [...files, { path: file, content, mode: 0o644, replace: rotate }];
  writeWhole(all);
  const paths = all.map(({ path }) => path);
  return { files: paths, recipients, config, ...(identity !== undefined && { identity }) };
}

/** Whom to encrypt for, and what has to be written so that it stays that way. */
async function audience(
  file: string,
  folder: string,
): Promise<Omit<Written, 'files'> & { readonly files: readonly WholeFile[] }> {
  const config = findSopsConfig(folder);
  if (config !== undefined)
    return { recipients: await recipientsOf(file, config), config, files: [] };
  const { recipient, files, path } = await firstIdentity(folder);
  return { recipients: [recipient], config: join(folder, SOPS_CONFIG), files, identity: path };
}
