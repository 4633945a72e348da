import { checkInventory } from '../../lib/inventory/check';
import type { Inventory, Peer } from '../../lib/inventory/inventory';

/** An inventory of cluster myth with two peers, hero and yen, and changes to it. */
export function inventory(changes: Partial<Inventory> = {}): Inventory {
  const input = {
    network: '10.1.3.16/28',
    peers: {
      '10.1.2.4': { name: 'hero', pubkey: 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=' },
      '10.1.2.9': { name: 'yen', pubkey: 'R4A01RXXqRJSY9TiKQrZGR85HsFNSXxhRKKEu/bEdTQ=' },
    },
    services: {
      0: [{ name: 'kubernetes', dest: 'kubernetes.default.svc.cluster.local:443', port: 443 }],
    },
  };
  return { ...checkInventory(input, 'myth'), ...changes };
}

export function peer(name: string, psk = false): Peer {
  const publicKey = 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=';
  return { name, address: '10.1.2.4', publicKey, allowedIPs: [], psk };
}
