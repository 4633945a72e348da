import { hostPort, parseAddress, readAddress, type Range } from '../formats/address';
import { isHostName, looksNumeric, parseHostName } from '../formats/host-name';
import type { ParseResult } from '../formats/parse-result';

/** Where a service's connections go. */
export interface Destination {
  /** Fully qualified host name, or an address without brackets. */
  readonly host: string;
  /** 1-65535 */
  readonly port: number;
  /** Set when the host is an address. */
  readonly address?: Range;
}

/** Parses `host:port`, where the host is a name or an address, IPv6 in brackets. */
export function parseDestination(text: string): ParseResult<Destination> {
  const [, v6, name, portText] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,6})$/.exec(text) ?? [];
  const host = v6 ?? name;
  if (host === undefined || host === '') return { problem: formProblem(text) };
  const port = Number(portText);
  if (port < 1 || port > 65535 || portText?.startsWith('0') === true)
    return { problem: 'must end in a port of 1 to 65535' };
  const isAddress = v6 !== undefined || looksNumeric(host);
  const result = isAddress ? parseAddress(host) : parseHostName(host);
  if ('problem' in result) {
    const { problem, canonical } = result;
    const repair = canonical === undefined ? {} : { canonical: hostPort(canonical, port) };
    return { problem: `has a host that ${problem}`, ...repair };
  }
  const { value } = result;
  if (typeof value === 'string') return { value: { host, port } };
  return v6 !== undefined && value.family === 4
    ? { problem: 'has brackets around an IPv4 address', canonical: hostPort(host, port) }
    : { value: { host, port, address: value } };
}

/** The Kubernetes namespace a host lies in: `db` of `pg.db.svc.cluster.local`. */
export function namespaceOf(host: string, clusterDomain: string): string | undefined {
  const suffix = `.svc.${clusterDomain}`;
  return host.endsWith(suffix) ? host.slice(0, -suffix.length).split('.').at(-1) : undefined;
}

/** What keeps nginx, which knows no search domains, from finding the host. */
export function domainProblem(
  { host, port, address }: Destination,
  clusterDomain: string,
): string | undefined {
  if (address !== undefined) return undefined;
  if (!host.includes('.'))
    return `has a host without a dot, and nginx knows no search domains; write ${host}.<namespace>.svc.${clusterDomain}:${port}, or the whole name`;
  if (host.endsWith('.svc'))
    return `has a host that ends in .svc, and nginx knows no search domains; write ${host}.${clusterDomain}:${port}`;
  if (
    host.endsWith(`.svc.${clusterDomain}`) &&
    host.split('.').length < clusterDomain.split('.').length + 3
  )
    return `names no namespace; write <service>.<namespace>.svc.${clusterDomain}:${port}`;
  return undefined;
}

function formProblem(text: string): string {
  const address = readAddress(text);
  if (address?.family === 6) return `lacks a port; write [${address.text}]:443`;
  if (isHostName(text)) return `lacks a port; write ${text}:443, if 443 it is`;
  const [, v6 = '', port = ''] = /^([0-9a-f:]+):(\d+)$/i.exec(text) ?? [];
  const unbracketed = readAddress(v6);
  if (unbracketed?.family === 6)
    return `needs brackets around its IPv6 address; write [${unbracketed.text}]:${port}`;
  return 'must be a destination; write host.domain:port, 10.0.0.1:port or [fd00::1]:port';
}
