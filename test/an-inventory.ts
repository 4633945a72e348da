import { checkInventory } from '../lib/inventory/check';
import type { Inventory, Peer, Service } from '../lib/inventory/inventory';
import type { InventoryInput } from '../lib/inventory/schema';

/** The article's inventory. */
export const article: InventoryInput = {
  network: '10.1.3.16/28',
  peers: {
    '10.1.2.4': { name: 'hero', pubkey: 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=' },
    '10.1.2.9': { name: 'yen', pubkey: 'R4A01RXXqRJSY9TiKQrZGR85HsFNSXxhRKKEu/bEdTQ=' },
  },
  services: {
    0: [{ name: 'kubernetes', dest: 'kubernetes.default.svc.cluster.local:443', port: 443 }],
    1: [{ name: 'postgresql', dest: 'postgresql.postgresql.svc.cluster.local:5432', port: 5432 }],
  },
  dns: { zone: 'adyxax.org', name: 'wireguard', target: 'myth.adyxax.org' },
  networkPolicies: ['postgresql'],
};

/** What lets clients be configured without an encrypted key and without asking a cluster. */
export const reachable = {
  nodePort: 30342,
  key: { secretName: 'host-key', pubkey: 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=' },
} satisfies Partial<InventoryInput>;

/** The article's inventory with other keys laid over it, checked. */
export function myth(keys: Partial<InventoryInput> = {}): Inventory {
  return checkInventory({ ...article, ...keys }, 'myth');
}

/** The article's inventory, {@link reachable}, with changes laid over what was checked. */
export function anInventory(changes: Partial<Inventory> = {}): Inventory {
  return { ...myth(reachable), ...changes };
}

/** A peer of the article. */
export function aPeer(name: 'hero' | 'yen'): Peer {
  const peer = myth().peers.find((one) => one.name === name);
  if (peer === undefined) throw new Error('the article has hero and yen');
  return peer;
}

/** A service of the article, with changes laid over it. */
export function aService(changes: Partial<Service>): Service {
  const [, postgresql] = myth().services;
  if (postgresql === undefined) throw new Error('the article has two services');
  return { ...postgresql, ...changes };
}
