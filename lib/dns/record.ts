import { isIP } from 'node:net';
import { Address6 } from 'ip-address';
import { canonicalName } from '../formats/domain-name';
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
 * The records an inventory asks for: the endpoint's CNAME or addresses, then with `dns.services` one
 * address record for each name of a service, by name: services of one name are at one address.
 */
export function wantedRecords(inventory: Inventory): WantedRecord[] {
  const { dns, services, cluster } = inventory;
  if (dns === undefined) return [];
  const comment = ownershipComment(cluster);
  const endpoint = endpointName(dns);
  const published = new Map<string, string>();
  for (const { name, address } of dns.services ? services : []) {
    published.set(`${name}.${endpoint}`, address.text);
  }
  return [
    ...[dns.target].flat().map((target) => [endpoint, target] as const),
    ...[...published].sort(([a], [b]) => (a < b ? -1 : 1)),
  ].map(([name, content]) => ({ type: TYPES[isIP(content)] ?? 'CNAME', name, content, comment }));
}

/** By what `isIP` says of the content. */
const TYPES: Readonly<Record<number, WantedRecord['type']>> = { 4: 'A', 6: 'AAAA' };

/** Whether two records of one name lead to the same, whatever the spelling. */
export function sameContent(one: RecordData, other: RecordData): boolean {
  return one.type === other.type && canonicalContent(one) === canonicalContent(other);
}

/** Whether two comments carry the same mark. */
export function sameComment(one: string, other: string): boolean {
  const [a, b] = [one, other].map((comment) => {
    const [, cluster] = /^wireguard-endpoint: (.*)$/.exec(comment.trim()) ?? [];
    return cluster === undefined ? comment : ownershipComment(canonicalName(cluster));
  });
  return a === b;
}

type RecordData = Pick<ZoneRecord, 'type' | 'content'>;

function canonicalContent({ type, content }: RecordData): string {
  if (type === 'AAAA' && Address6.isValid(content)) return new Address6(content).correctForm();
  return canonicalName(content);
}
