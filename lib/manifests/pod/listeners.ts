import type { Inventory } from '../../inventory/inventory';

/**
 * What nginx listens on, a line each: protocol, address, port. `confinement.sh` lets peers reach
 * these and nothing else. In the order of protocols and ports, of which it makes ranges.
 */
export function listeners(inventory: Inventory): string {
  return [...inventory.services]
    .sort((a, b) =>
      a.protocol === b.protocol ? a.port - b.port : a.protocol < b.protocol ? -1 : 1,
    )
    .map(({ protocol, address, port }) => `${protocol} ${address.text} ${port}\n`)
    .join('');
}
