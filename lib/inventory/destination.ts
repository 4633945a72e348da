import { readAddress, type Range } from './address';
import { hostName, looksNumeric } from './grammar';

/** Where a service's connections go. */
export interface Destination {
  /** Fully qualified host name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Set when the host is an address. */
  readonly address?: Range;
  /** The Kubernetes namespace it leads to, when it lies under `.svc.<clusterDomain>`. */
  readonly namespace?: string;
}

/** A destination, or the rule it breaks. */
type DestinationReading = { readonly dest: Destination } | { readonly problem: string };

const FORM = 'write host.domain:port, 10.0.0.1:port or [fd00::1]:port';

/** Reads `host:port`, where the host is a fully qualified name or an address, IPv6 in brackets. */
export function readDestination(text: string, clusterDomain: string): DestinationReading {
  const [, v6, name, portText] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,6})$/.exec(text) ?? [];
  const host = v6 ?? name;
  if (host === undefined || host === '') return { problem: formProblem(text) };
  const port = Number(portText);
  if (port < 1 || port > 65535 || portText?.startsWith('0') === true)
    return { problem: 'must end in a port of 1 to 65535' };
  if (v6 !== undefined || looksNumeric(host)) {
    const { range, problem } = readAddress(host);
    if (range === undefined || problem !== undefined)
      return { problem: `has a host that ${problem ?? 'is not an IP address'}` };
    if (v6 !== undefined && range.family === 4)
      return { problem: `has brackets around an IPv4 address; write ${range.text}:${port}` };
    return { dest: { host, port, address: range } };
  }
  const problem = hostProblem(host, port, clusterDomain);
  if (problem !== undefined) return { problem };
  const namespace = namespaceOf(host, clusterDomain);
  return { dest: { host, port, ...(namespace !== undefined && { namespace }) } };
}

/** The Kubernetes namespace a host lies in: `db` of `pg.db.svc.cluster.local`. */
export function namespaceOf(host: string, clusterDomain: string): string | undefined {
  const suffix = `.svc.${clusterDomain}`;
  return host.endsWith(suffix) ? host.slice(0, -suffix.length).split('.').at(-1) : undefined;
}

function formProblem(text: string): string {
  const { range } = readAddress(text);
  if (range?.family === 6) return `lacks a port; write [${range.text}]:443`;
  if (hostName(text) === undefined) return `lacks a port; write ${text}:443, if 443 it is`;
  const v6 = /^([0-9a-f:]+):(\d+)$/i.exec(text);
  const { range: unbracketed } = readAddress(v6?.[1] ?? '');
  if (unbracketed?.family === 6)
    return `needs brackets around its IPv6 address; write [${unbracketed.text}]:${v6?.[2] ?? ''}`;
  return `must be a destination; ${FORM}`;
}

function hostProblem(host: string, port: number, clusterDomain: string): string | undefined {
  const problem = hostName(host);
  if (problem !== undefined) return `has a host that ${problem}`;
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
