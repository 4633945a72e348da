import type { ClientFile, KeyFiles } from './forms';
import { type Tunnel, reachableLines } from './tunnel';

/** A NixOS module for the option `networking.wireguard.interfaces`. */
export function nixosFile(tunnel: Tunnel, keys: KeyFiles): ClientFile {
  const { cluster, peer, device, psk } = tunnel;
  const lines = [
    `# WireGuard tunnel from ${peer} to ${cluster}: a module for \`imports\`. The private key stays in`,
    `# ${keys.privateKey} (mode 0600), outside the Nix store.`,
    ...reachableLines(tunnel),
    '{',
    `  networking.wireguard.interfaces."${device}" = {`,
    `    ips = [ "${tunnel.address}" ];`,
    `    mtu = ${tunnel.mtu};`,
    `    privateKeyFile = "${keys.privateKey}";`,
    '    peers = [',
    '      {',
    `        publicKey = "${tunnel.publicKey}";`,
    ...(psk ? [`        presharedKeyFile = "${keys.presharedKey}";`] : []),
    `        allowedIPs = [ "${tunnel.network}" ];`,
    `        endpoint = "${tunnel.endpoint}";`,
    `        persistentKeepalive = ${tunnel.keepalive};`,
    '      }',
    '    ];',
    '  };',
    '}',
    '',
  ];
  return { name: `${device}.nix`, text: lines.join('\n') };
}
