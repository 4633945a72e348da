import type { ClientFile, KeyFiles } from './forms';
import { type Tunnel, reachableLines } from './tunnel';

/**
 * The file for wg-quick(8). Its keys are read from the peer's own disk once the device is up, and
 * it fixes no ListenPort: a new source port gets a client past a stale entry of a node's connection
 * tracking.
 */
export function wgQuickFile(tunnel: Tunnel, keys: KeyFiles): ClientFile {
  const { cluster, peer, device, publicKey, psk } = tunnel;
  const lines = [
    `# WireGuard tunnel from ${peer} to ${cluster}: save as /etc/wireguard/${device}.conf, then`,
    `# \`wg-quick up ${device}\`. The private key stays in ${keys.privateKey} (mode 0600).`,
    ...reachableLines(tunnel),
    '',
    '[Interface]',
    `Address = ${tunnel.address}`,
    `MTU = ${tunnel.mtu}`,
    `PostUp = wg set %i private-key ${keys.privateKey}`,
    ...(psk ? [`PostUp = wg set %i peer ${publicKey} preshared-key ${keys.presharedKey}`] : []),
    '',
    '[Peer]',
    `PublicKey = ${publicKey}`,
    `AllowedIPs = ${tunnel.network}`,
    `Endpoint = ${tunnel.endpoint}`,
    `PersistentKeepalive = ${tunnel.keepalive}`,
    '',
  ];
  return { name: `${device}.conf`, text: lines.join('\n') };
}
