import { stringify } from 'yaml';
import type { InventoryInput } from '../lib/inventory/schema';

/** An inventory of any size as YAML, with the article's keys alone: Terraform reads the same file. */
export function largeInventory(peers: number, services: number): string {
  const inventory: InventoryInput = { network: '10.64.0.0/16', peers: {}, services: {} };
  for (let i = 0; i < peers; i++) {
    const key = Buffer.alloc(32, 7);
    key.writeUInt32BE(i);
    inventory.peers[`10.128.${i >> 8}.${i & 255}`] = {
      name: `peer-${i}`,
      pubkey: key.toString('base64'),
    };
  }
  for (let i = 0; i < services; i++) {
    const name = `service-${i}`;
    const dest = `${name}.namespace-${i % 50}.svc.cluster.local:5432`;
    inventory.services[i] = [{ name, dest, port: 5432 }];
  }
  return stringify(inventory);
}
