import type { Inventory, Service } from '../../inventory/inventory';

/**
 * What nginx listens on, a line each: protocol, address, port; and, when the destination is behind a
 * peer, its address and port. `confinement.sh` lets peers reach these, and answer from there, and
 * nothing else. In the order of protocols and ports, of which it makes ranges.
 */
export function listeners(inventory: Inventory): string {
  return [...inventory.services]
    .sort((a, b) =>
      a.protocol === b.protocol ? a.port - b.port : a.protocol < b.protocol ? -1 : 1,
    )
    .map(line)
    .join('');
}

function line(service: Service): string {
  const { protocol, address, port, dest } = service;
  const answers = isBehindPeer(service) ? ` ${dest.host} ${dest.port}` : '';
  return `${protocol} ${address.text} ${port}${answers}\n`;
}

/** Whether the proxy reaches the destination through the tunnel. */
export function isBehindPeer({ address, dest }: Pick<Service, 'address' | 'dest'>): boolean {
  return dest.peer !== undefined && dest.address?.family === address.family;
}
