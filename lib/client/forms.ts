import { UserError } from '../errors';
import { networkdFiles } from './networkd';
import { nixosFile } from './nixos';
import type { Tunnel } from './tunnel';
import { wgQuickFile } from './wg-quick';

/** How a client may be configured. */
export const CLIENT_FORMATS = ['wg-quick', 'networkd', 'nixos'] as const;

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
 * @throws UserError when a key file's path is not fit for every format
 */
export function clientFiles(
  tunnel: Tunnel,
  format: ClientFormat,
  keys: Partial<KeyFiles> = {},
): ClientFile[] {
  const folder = FOLDERS[format];
  const files: KeyFiles = {
    privateKey: checkPath(keys.privateKey ?? `${folder}/${tunnel.device}.key`),
    presharedKey: checkPath(keys.presharedKey ?? `${folder}/${tunnel.device}.psk`),
  };
  switch (format) {
    case 'wg-quick':
      return [wgQuickFile(tunnel, files)];
    case 'networkd':
      return networkdFiles(tunnel, files);
    case 'nixos':
      return [nixosFile(tunnel, files)];
  }
}

const FOLDERS: Record<ClientFormat, string> = {
  'wg-quick': '/etc/wireguard',
  networkd: '/etc/systemd/network',
  nixos: '/etc/wireguard',
};

/** wg-quick hands the path to a shell, systemd and Nix have quoting rules of their own. */
function checkPath(path: string): string {
  if (/^\/[A-Za-z0-9_.+@/-]+$/.test(path)) return path;
  throw new UserError(
    `the key file ${JSON.stringify(path)} must be an absolute path of letters, digits and "_.+@/-"`,
  );
}
