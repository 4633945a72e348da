import type { Inventory } from '../inventory/inventory';
import { clusterNames, inventoryFile, loadInventories } from '../inventory/load';

function folder(): string {
  return process.env['INVENTORY_DIR'] || 'inventory';
}

/** The inventories of the named clusters, or of all when none is named, from `INVENTORY_DIR`. */
export function inventoriesOf(clusters: readonly string[]): Inventory[] {
  return loadInventories(folder(), clusters);
}

export function inventoryOf(cluster: string): Inventory {
  const [inventory] = inventoriesOf([cluster]);
  if (inventory === undefined) throw new Error(`${cluster} was selected, and is not there`);
  return inventory;
}

/** Where the inventory of a cluster stands. */
export function inventoryFileOf(cluster: string): string {
  return inventoryFile(folder(), cluster);
}

/** The names of all clusters but one, which may be at fault. */
export function clustersBeside(cluster: string): string[] {
  return clusterNames(folder()).filter((name) => name !== cluster);
}
