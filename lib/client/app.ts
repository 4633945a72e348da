import type { ClientFile } from './client-files';
import { type Tunnel, clustersOf, reachableLines } from './tunnel';
import { routeLines } from './wg-quick';

/** No app takes these for keys, so a file is not imported before they are replaced. */
const PRIVATE_KEY_PLACE = 'PUT-THE-PRIVATE-KEY-HERE';
const PRESHARED_KEY_PLACE = 'PUT-THE-PRESHARED-KEY-HERE';

/**
 * The file for the WireGuard apps of Android, iOS, macOS and Windows, and for NetworkManager. They run
 * no PostUp, and the apps refuse a file with one, and one without PrivateKey.
 *
 * @param privateKey the peer's @default a place to put it
 */
export function appFile(tunnel: Tunnel, privateKey?: string): ClientFile {
  const { peer, device } = tunnel;
  const step = privateKey === undefined ? ', put the private key in' : '';
  const lines = [
    `# WireGuard tunnel from ${peer} to ${clustersOf(tunnel)}: save as ${device}.conf${step},`,
    '# and import it into the WireGuard app.',
    ...reachableLines(tunnel),
    '',
    appConfiguration(tunnel, privateKey),
  ];
  return { name: `${device}.conf`, text: lines.join('\n') };
}

/** What an app reads, and no more: the shorter, the smaller is its QR code. */
export function appConfiguration(
  { address, mtu, endpoints }: Tunnel,
  privateKey: string = PRIVATE_KEY_PLACE,
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
      ...(end.presharedKey === undefined ? [] : [`PresharedKey = ${PRESHARED_KEY_PLACE}`]),
      ...routeLines(end),
      '',
    ]),
  ];
  return lines.join('\n');
}
