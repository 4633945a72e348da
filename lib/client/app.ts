import type { ClientFile } from './forms';
import { type Tunnel, clustersOf, reachableLines } from './tunnel';
import { routeLines } from './wg-quick';

/** A peer's own keys. */
export interface PeerKeys {
  readonly privateKey: string;
  /** Of every endpoint with a preshared key. */
  readonly presharedKey: string;
}

/** No app takes these for keys, so a file is not imported before they are replaced. */
const PLACES: PeerKeys = {
  privateKey: 'PUT-THE-PRIVATE-KEY-HERE',
  presharedKey: 'PUT-THE-PRESHARED-KEY-HERE',
};

/**
 * The file for the WireGuard apps of Android, iOS, macOS and Windows, and for NetworkManager, with
 * places for the keys. They run no PostUp, refuse a file with one, and one without PrivateKey.
 */
export function appFile(tunnel: Tunnel): ClientFile {
  const { peer, device } = tunnel;
  const lines = [
    `# WireGuard tunnel from ${peer} to ${clustersOf(tunnel)}: save as ${device}.conf, put the key in, and`,
    '# import it into the WireGuard app.',
    ...reachableLines(tunnel),
    '',
    appConfiguration(tunnel, PLACES),
  ];
  return { name: `${device}.conf`, text: lines.join('\n') };
}

/** What an app reads, and no more: the shorter, the smaller is its QR code. */
export function appConfiguration(
  { address, mtu, endpoints }: Tunnel,
  { privateKey, presharedKey }: PeerKeys,
): string {
  const lines = [
    '[Interface]',
    `PrivateKey = ${privateKey}`,
    `Address = ${address}`,
    `MTU = ${mtu}`,
    '',
    ...endpoints.flatMap((end) => [
      '[Peer]',
      `PublicKey = ${end.publicKey}`,
      ...(end.presharedKey === undefined ? [] : [`PresharedKey = ${presharedKey}`]),
      ...routeLines(end),
      '',
    ]),
  ];
  return lines.join('\n');
}
