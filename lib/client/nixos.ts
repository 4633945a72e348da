import type { ClientFile } from './client-files';
import { type Tunnel, clustersOf, reachableLines } from './tunnel';

/**
 * A NixOS module for the option `networking.wireguard.interfaces`.
 *
 * @param privateKey absolute path on the peer's own disk
 */
export function nixosFile(tunnel: Tunnel, privateKey: string): ClientFile {
  const { peer, device, endpoints } = tunnel;
  const lines = [
    `# WireGuard tunnel from ${peer} to ${clustersOf(tunnel)}: a module for \`imports\`. The private key stays in`,
    `# ${privateKey} (mode 0600), outside the Nix store.`,
    ...reachableLines(tunnel),
    '{',
    `  networking.wireguard.interfaces."${device}" = {`,
    `    ips = [ "${tunnel.address}" ];`,
    `    mtu = ${tunnel.mtu};`,
    `    privateKeyFile = "${privateKey}";`,
    '    peers = [',
    ...endpoints.flatMap(({ publicKey, presharedKey, network, endpoint, keepalive }) => [
      '      {',
      `        publicKey = "${publicKey}";`,
      ...(presharedKey === undefined ? [] : [`        presharedKeyFile = "${presharedKey}";`]),
      `        allowedIPs = [ "${network}" ];`,
      `        endpoint = "${endpoint}";`,
      `        persistentKeepalive = ${keepalive};`,
      '      }',
    ]),
    '    ];',
    '  };',
    '}',
    '',
  ];
  return { name: `${device}.nix`, text: lines.join('\n') };
}
