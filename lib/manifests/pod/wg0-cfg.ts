import type { Inventory, Peer } from '../../inventory/inventory';
import { PRIVATE_KEY_ENTRY } from '../../keys/host-key';
import { paths } from './paths';

/**
 * The settings for `wg syncconf` (format: wg(8), "CONFIGURATION FILE FORMAT"). It holds no secret:
 * keys are paths, and `init.sh` puts their content in their place on the way to `wg`.
 */
export function wg0Cfg(inventory: Inventory): string {
  return [
    `[Interface]\nPrivateKey = ${paths.hostKey}/${PRIVATE_KEY_ENTRY}\nListenPort = ${inventory.port}\n`,
    ...inventory.peers.map(peerSection),
  ].join('\n');
}

// The comment is read by the Prometheus exporter, which wants it inside the section.
function peerSection(peer: Peer): string {
  return [
    '[Peer]',
    `# friendly_name = ${peer.name}`,
    `PublicKey = ${peer.publicKey}`,
    ...(peer.psk ? [`PresharedKey = ${paths.presharedKeys}/${peer.name}`] : []),
    `AllowedIPs = ${[peer.address, ...peer.allowedIPs].map(({ cidr }) => cidr).join(', ')}`,
    '',
  ].join('\n');
}
