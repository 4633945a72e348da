import { UserError } from '../errors';
import type { Inventory } from '../inventory/inventory';
import { readHostKey } from '../keys/read-host-key';
import {
  type ClientConfiguration,
  clientConfiguration,
  configurationFile,
  readConfiguration,
} from './configuration';
import { pinnedReach } from './reach';
import { join } from 'node:path';

export interface LookupOptions {
  /** Host name or address to use in place of the inventory's. */
  readonly endpoint?: string;
  /** Folder of the file `npm run dns` wrote. @default the working directory */
  readonly folder?: string;
  /** Folder of the encrypted host keys. @default secrets */
  readonly secretsDir?: string;
}

/**
 * The client configuration without asking anyone: what the inventory says, completed by the file
 * `npm run dns` wrote.
 * @throws UserError when the port or the public key is in neither
 */
export function lookUpConfiguration(
  inventory: Inventory,
  { endpoint, folder = '.', secretsDir }: LookupOptions = {},
): ClientConfiguration {
  const { cluster } = inventory;
  const file = join(folder, configurationFile(cluster));
  const written = readConfiguration(file);
  const publicKey = readHostKey(inventory, secretsDir)?.publicKey ?? written?.publicKey;
  if (publicKey === undefined) {
    throw new UserError(
      `the public key of ${cluster} is unknown: run \`npm run keygen -- ${cluster}\``,
    );
  }
  const reach = pinnedReach(inventory) ?? written;
  if (reach === undefined) {
    throw new UserError(
      `the port of ${cluster} is unknown: pin nodePort in the inventory, or have \`npm run dns\` write ${file}`,
    );
  }
  const host = endpoint ?? reach.endpoint;
  return clientConfiguration(inventory, publicKey, {
    port: reach.port,
    ...(host === undefined ? {} : { endpoint: host }),
  });
}
