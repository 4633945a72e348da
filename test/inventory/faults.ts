import { InventoryError } from '../../lib/inventory/issue';

/** The faults a reader threw; none if it accepted. */
export function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof InventoryError) return error.lines;
    throw error;
  }
  return [];
}
