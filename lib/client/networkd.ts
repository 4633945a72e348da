import type { ClientFile, KeyFiles } from './forms';
import { type Tunnel, reachableLines } from './tunnel';

/** The pair of files for systemd-networkd: systemd.netdev(5) and systemd.network(5). */
export function networkdFiles(tunnel: Tunnel, keys: KeyFiles): ClientFile[] {
  const { cluster, peer, device, psk } = tunnel;
  const netdev = [
    `# WireGuard tunnel from ${peer} to ${cluster}: save in /etc/systemd/network. The private key stays`,
    `# in ${keys.privateKey}, readable by root and the group systemd-network alone (mode 0640).`,
    ...reachableLines(tunnel),
    '',
    '[NetDev]',
    `Name=${device}`,
    'Kind=wireguard',
    `MTUBytes=${tunnel.mtu}`,
    '',
    '[WireGuard]',
    `PrivateKeyFile=${keys.privateKey}`,
    '',
    '[WireGuardPeer]',
    `PublicKey=${tunnel.publicKey}`,
    ...(psk ? [`PresharedKeyFile=${keys.presharedKey}`] : []),
    `AllowedIPs=${tunnel.network}`,
    `Endpoint=${tunnel.endpoint}`,
    `PersistentKeepalive=${tunnel.keepalive}`,
    '',
  ];
  const network = [
    '[Match]',
    `Name=${device}`,
    '',
    '[Network]',
    `Address=${tunnel.address}`,
    '',
    '[Route]',
    `Destination=${tunnel.network}`,
    '',
  ];
  return [
    { name: `${device}.netdev`, text: netdev.join('\n') },
    { name: `${device}.network`, text: network.join('\n') },
  ];
}
