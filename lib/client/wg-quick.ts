import type { ClientFile } from './client-files';
import { type Tunnel, type TunnelEndpoint, clustersOf, reachableLines } from './tunnel';

/**
 * The file for wg-quick(8). Its keys are read from the peer's own disk once the device is up, and
 * it fixes no ListenPort: a new source port gets a client past a stale entry of a node's connection
 * tracking.
 *
 * @param privateKey absolute path on the peer's own disk
 */
export function wgQuickFile(tunnel: Tunnel, privateKey: string): ClientFile {
  const { peer, device, endpoints } = tunnel;
  const presharedKeys = endpoints.flatMap(({ publicKey, presharedKey }) =>
    presharedKey === undefined
      ? []
      : [`PostUp = wg set %i peer ${publicKey} preshared-key ${presharedKey}`],
  );
  const lines = [
    `# WireGuard tunnel from ${peer} to ${clustersOf(tunnel)}: save as /etc/wireguard/${device}.conf, then`,
    `# \`wg-quick up ${device}\`. The private key stays in ${privateKey} (mode 0600).`,
    ...reachableLines(tunnel),
    '',
    '[Interface]',
    `Address = ${tunnel.address}`,
    `MTU = ${tunnel.mtu}`,
    `PostUp = wg set %i private-key ${privateKey}`,
    ...presharedKeys,
    '',
    ...endpoints.flatMap((end) => [
      '[Peer]',
      `PublicKey = ${end.publicKey}`,
      ...routeLines(end),
      '',
    ]),
  ];
  return { name: `${device}.conf`, text: lines.join('\n') };
}

/** What a [Peer] says but for its keys. */
export function routeLines({ network, endpoint, keepalive }: TunnelEndpoint): string[] {
  return [
    `AllowedIPs = ${network}`,
    `Endpoint = ${endpoint}`,
    `PersistentKeepalive = ${keepalive}`,
  ];
}
