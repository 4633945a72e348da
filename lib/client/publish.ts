import { join } from 'node:path';
import { UserError } from '../errors';
import type { Inventory } from '../inventory/inventory';
import { readHostKey } from '../keys/read-host-key';
import {
  type Reach,
  clientConfiguration,
  configurationFile,
  renderConfiguration,
} from './configuration';
import { type WaitOptions, findReach } from './reach';
import { holds, writePrivate } from './write-private';

export interface PublishOptions extends WaitOptions {
  /** Nothing is written. */
  readonly dryRun: boolean;
  /** Folder of the file. @default the working directory */
  readonly folder?: string;
  /** Folder of the encrypted host keys. @default secrets */
  readonly secretsDir?: string;
}

/** What became of the client configuration. */
export interface PublishResult extends Reach {
  readonly file: string;
  readonly state: 'unchanged' | 'planned' | 'written';
}

/**
 * Writes what clients need to know to `wireguard-generated-configuration-<cluster>.yaml`, unless it
 * says so already.
 * @throws UserError when the host key or the node port is unknown, or the file cannot be written;
 * an older file is whole then
 */
export async function publishConfiguration(
  inventory: Inventory,
  options: PublishOptions,
): Promise<PublishResult> {
  const { cluster } = inventory;
  const key = readHostKey(inventory, options.secretsDir);
  if (key === undefined) {
    throw new UserError(`there is no host key yet: run \`npm run keygen -- ${cluster}\``);
  }
  const reach = await findReach(inventory, options);
  const file = join(options.folder ?? '.', configurationFile(cluster));
  const text = renderConfiguration(clientConfiguration(inventory, key.publicKey, reach));
  if (options.dryRun) {
    return { file, state: holds(file, text) ? 'unchanged' : 'planned', ...reach };
  }
  return { file, state: writePrivate(file, text) ? 'written' : 'unchanged', ...reach };
}
