import { Address6 } from 'ip-address';
import type { DnsSettings, Inventory } from '../inventory/inventory';

/** A record the inventory asks for. It is never proxied (WireGuard is UDP) and its TTL is automatic. */
export interface WantedRecord {
  readonly type: 'CNAME' | 'A' | 'AAAA';
  /** Fully qualified, lower case, without a final dot. */
  readonly name: string;
  /** A host name for CNAME, an address for A and AAAA. */
  readonly content: string;
  /** Says whose record it is: {@link ownershipComment}. */
  readonly comment: string;
}

/** A record as the zone holds it. */
export interface ZoneRecord {
  readonly id: string;
  /** Any record type, upper case. */
  readonly type: string;
  /** Fully qualified, lower case, without a final dot. */
  readonly name: string;
  readonly content: string;
  readonly proxied: boolean;
  /** Seconds; 1 is automatic. */
  readonly ttl: number;
  /** Empty when there is none. */
  readonly comment: string;
}

/** Cloudflare's value for an automatic TTL. */
export const AUTOMATIC_TTL = 1;

/**
 * The comment that marks a record as this cluster's. It is written in the same request as the
 * record, so no record can carry the mark of another. Cluster names are DNS labels: at most 90
 * characters in all, where Cloudflare's free plan allows 100.
 */
export function ownershipComment(cluster: string): string {
  return `wireguard-endpoint: ${cluster}`;
}

/** Name of the endpoint: what clients connect to. */
export function endpointName(dns: DnsSettings): string {
  return `${dns.name}.${dns.zone}`;
}

/**
 * The records an inventory asks for: the endpoint's CNAME, then with `dns.services` one address
 * record for each name of a service, by name: services of one name are at one address.
 */
export function wantedRecords(inventory: Inventory): WantedRecord[] {
  const { dns, services, cluster } = inventory;
  if (dns === undefined) return [];
  const comment = ownershipComment(cluster);
  const endpoint = endpointName(dns);
  const addresses = new Map<string, WantedRecord>();
  for (const service of dns.services ? services : []) {
    const type = service.address.family === 6 ? 'AAAA' : 'A';
    const name = `${service.name}.${endpoint}`;
    addresses.set(name, { type, name, content: service.address.text, comment });
  }
  const byName = [...addresses.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    { type: 'CNAME', name: endpoint, content: dns.target, comment },
    ...byName.map(([, record]) => record),
  ];
}

/** The form in which names and contents are compared: Cloudflare lower-cases and drops a final dot. */
export function canonicalName(name: string): string {
  return name.trim().replace(/\.$/, '').toLowerCase();
}

/** Whether a record of the zone holds the content that is wanted, whatever its spelling. */
export function sameContent(existing: ZoneRecord, wanted: WantedRecord): boolean {
  return (
    existing.type === wanted.type &&
    canonicalContent(existing.type, existing.content) ===
      canonicalContent(wanted.type, wanted.content)
  );
}

function canonicalContent(type: string, content: string): string {
  if (type === 'AAAA' && Address6.isValid(content)) return new Address6(content).correctForm();
  return canonicalName(content);
}
