import type { Inventory } from '../../inventory/inventory';

/**
 * What `ip -batch` puts on wg0: the service addresses and a route to every peer. `init.sh` removes
 * what it finds on wg0 beyond these lines, so their words (object, `replace`, prefix) are fixed.
 */
export function wg0Ip(inventory: Inventory): string {
  const addresses = new Set(inventory.services.map(({ address }) => address.cidr));
  const routes = inventory.peers.flatMap((peer) => [peer.address, ...peer.allowedIPs]);
  return [
    ...(inventory.mtu === undefined ? [] : [`link set dev wg0 mtu ${inventory.mtu}`]),
    ...[...addresses].map((prefix) => `address replace ${prefix} dev wg0`),
    ...routes.map(({ cidr }) => `route replace ${cidr} dev wg0 proto static`),
    '',
  ].join('\n');
}
