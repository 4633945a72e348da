import { UserError } from '../errors';
import { appFile } from './app';
import { networkdFiles } from './networkd';
import { nixosFile } from './nixos';
import type { Tunnel } from './tunnel';
import { wgQuickFile } from './wg-quick';

/** How a client may be configured. */
export const CLIENT_FORMATS = ['wg-quick', 'networkd', 'nixos', 'app'] as const;

export type ClientFormat = (typeof CLIENT_FORMATS)[number];

/** Where the peer keeps its keys, on its own disk. */
export interface KeyFiles {
  /** Absolute path. */
  readonly privateKey: string;
  /** Absolute path; used by peers that have a preshared key. */
  readonly presharedKey: string;
}

export interface ClientFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The files that connect one peer. None holds a key but the endpoint's public one.
 * @throws UserError when a key file's path is not fit for every format, is to hold several keys, or is given for an app
 */
export function clientFiles(
  tunnel: Tunnel,
  format: ClientFormat,
  keys: Partial<KeyFiles> = {},
): ClientFile[] {
  if (format === 'app') {
    if (keys.privateKey === undefined && keys.presharedKey === undefined) return [appFile(tunnel)];
    throw new UserError(
      'an app reads no key file: leave the path out, and put the key into the file',
    );
  }
  const folder = FOLDERS[format];
  const privateKey = checkPath(keys.privateKey ?? `${folder}/${tunnel.device}.key`);
  const located = withPresharedKeys(tunnel, folder, keys.presharedKey);
  switch (format) {
    case 'wg-quick':
      return [wgQuickFile(located, privateKey)];
    case 'networkd':
      return networkdFiles(located, privateKey);
    case 'nixos':
      return [nixosFile(located, privateKey)];
  }
}

const FOLDERS: Record<Exclude<ClientFormat, 'app'>, string> = {
  'wg-quick': '/etc/wireguard',
  networkd: '/etc/systemd/network',
  nixos: '/etc/wireguard',
};

/** The tunnel with the whole path of each preshared key. */
function withPresharedKeys(tunnel: Tunnel, folder: string, path: string | undefined): Tunnel {
  const secret = tunnel.endpoints.filter(({ presharedKey }) => presharedKey !== undefined);
  if (path !== undefined && secret.length > 1) {
    const clusters = secret.map(({ cluster }) => cluster).join(', ');
    throw new UserError(
      `${path} cannot hold the preshared keys of ${clusters}, each of which has its own; leave the option out`,
    );
  }
  const endpoints = tunnel.endpoints.map((end) =>
    end.presharedKey === undefined
      ? end
      : { ...end, presharedKey: checkPath(path ?? `${folder}/${end.presharedKey}`) },
  );
  return { ...tunnel, endpoints };
}

/** wg-quick hands the path to a shell, systemd and Nix have quoting rules of their own. */
function checkPath(path: string): string {
  if (/^\/[A-Za-z0-9_.+@/-]+$/.test(path)) return path;
  throw new UserError(
    `the key file ${JSON.stringify(path)} must be an absolute path of letters, digits and "_.+@/-"`,
  );
}
