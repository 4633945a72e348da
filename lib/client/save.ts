import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors';
import { ifThere, readIfThere, writeWhole } from '../files';
import { KEY } from '../formats/wireguard-key';
import type { ClientFile } from './client-files';
import { type Tunnel, clustersOf } from './tunnel';
import { writePrivate } from './write-private';

/** The files of one tunnel, and where they go. */
export interface SavedTunnel {
  readonly folder: string;
  readonly tunnel: Tunnel;
  readonly files: readonly ClientFile[];
}

/** What became of a file. */
export interface Saved {
  readonly file: string;
  readonly state: 'written' | 'unchanged';
}

/**
 * Writes the files of tunnels, mode 0600: all of them or, when anything is wrong, none. An older file
 * is replaced if it was written for the same peer and cluster.
 *
 * @throws UserError for a file that is somebody else's or holds a key, or when the disk refuses
 */
export function saveTunnels(tunnels: readonly SavedTunnel[]): Saved[] {
  const all = tunnels.flatMap(({ folder, tunnel, files }) => {
    const places = files.map(({ name, text }) => ({ file: join(folder, name), text }));
    const before = places.map(({ file }) => readPlain(file));
    refuseForeign(
      tunnel,
      places.map(({ file }) => file),
      before,
    );
    return places.map((place, index) => ({ ...place, isSame: before[index] === place.text }));
  });
  writeWhole(
    all
      .filter(({ isSame }) => !isSame)
      .map(({ file, text }) => ({ path: file, content: text, mode: 0o600, replace: true })),
  );
  for (const { file, text, isSame } of all) if (isSame) writePrivate(file, text);
  return all.map(({ file, isSame }) => ({ file, state: isSame ? 'unchanged' : 'written' }));
}

function readPlain(file: string): string | undefined {
  const stat = ifThere(file, () => lstatSync(file));
  if (stat === undefined) return undefined;
  if (stat.isFile()) return readIfThere(file);
  throw new UserError(`${file}: is no plain file, and was left as it is; move it away`);
}

/** The first of a tunnel's files names its peer and clusters in its first line. */
function refuseForeign(
  tunnel: Tunnel,
  files: readonly string[],
  before: readonly (string | undefined)[],
): void {
  const isOurs = isWrittenFor(tunnel, before[0]);
  for (const [index, text] of before.entries()) {
    if (text === undefined) continue;
    const file = files[index] ?? '';
    if (!isOurs) {
      throw new UserError(
        `${file}: was not written for ${tunnel.peer} of ${clustersOf(tunnel)}, and was left as it is; ` +
          'move it away, or choose another folder',
      );
    }
    if (holdsKey(text)) {
      throw new UserError(
        `${file}: holds a private or preshared key, and was left as it is; move it away`,
      );
    }
  }
}

function isWrittenFor({ peer, endpoints }: Tunnel, text: string | undefined): boolean {
  const [, whose, where = ''] =
    /^# WireGuard tunnel from (\S+) to ([^:\n]+):/.exec(text ?? '') ?? [];
  const clusters = where.split(/, | and /);
  return whose === peer && endpoints.some(({ cluster }) => clusters.includes(cluster));
}

function holdsKey(text: string): boolean {
  return [...text.matchAll(/^\s*(?:Private|Preshared)Key\s*=\s*(\S+)/gim)].some(([, key]) =>
    KEY.test(key ?? ''),
  );
}
