import { range } from '../../lib/formats/address';
import type { Inventory, Peer } from '../../lib/inventory/inventory';
import { myth } from '../an-inventory';

/** An inventory of cluster myth with two peers, hero and yen, and changes to it. */
export function inventory(changes: Partial<Inventory> = {}): Inventory {
  return { ...myth(), ...changes };
}

export function peer(name: string, psk = false): Peer {
  const publicKey = 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=';
  return { name, address: range('10.1.2.4'), publicKey, allowedIPs: [], psk };
}
