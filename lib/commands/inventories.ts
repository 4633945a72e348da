import type { Inventory } from '../inventory/inventory';
import { loadInventories } from '../inventory/load';

/** The inventories of the named clusters, or of all when none is named, from `INVENTORY_DIR`. */
export function inventoriesOf(clusters: readonly string[]): Inventory[] {
  return loadInventories(process.env['INVENTORY_DIR'] || 'inventory', clusters);
}

export function inventoryOf(cluster: string): Inventory {
  const [inventory] = inventoriesOf([cluster]);
  if (inventory === undefined) throw new Error(`${cluster} was selected, and is not there`);
  return inventory;
}
