import type { ClientFile } from './client-files';
import { type Tunnel, clustersOf, reachableLines } from './tunnel';

/**
 * The pair of files for systemd-networkd: systemd.netdev(5) and systemd.network(5).
 *
 * @param privateKey absolute path on the peer's own disk
 */
export function networkdFiles(tunnel: Tunnel, privateKey: string): ClientFile[] {
  const { peer, device, endpoints } = tunnel;
  const netdev = [
    `# WireGuard tunnel from ${peer} to ${clustersOf(tunnel)}: save in /etc/systemd/network. The private key stays`,
    `# in ${privateKey}, readable by root and the group systemd-network alone (mode 0640).`,
    ...reachableLines(tunnel),
    '',
    '[NetDev]',
    `Name=${device}`,
    'Kind=wireguard',
    `MTUBytes=${tunnel.mtu}`,
    '',
    '[WireGuard]',
    `PrivateKeyFile=${privateKey}`,
    '',
    ...endpoints.flatMap(({ publicKey, presharedKey, network, endpoint, keepalive }) => [
      '[WireGuardPeer]',
      `PublicKey=${publicKey}`,
      ...(presharedKey === undefined ? [] : [`PresharedKeyFile=${presharedKey}`]),
      `AllowedIPs=${network}`,
      `Endpoint=${endpoint}`,
      `PersistentKeepalive=${keepalive}`,
      '',
    ]),
  ];
  const network = [
    '[Match]',
    `Name=${device}`,
    '',
    '[Network]',
    `Address=${tunnel.address}`,
    '',
    ...endpoints.flatMap(({ network }) => ['[Route]', `Destination=${network}`, '']),
  ];
  return [
    { name: `${device}.netdev`, text: netdev.join('\n') },
    { name: `${device}.network`, text: network.join('\n') },
  ];
}
