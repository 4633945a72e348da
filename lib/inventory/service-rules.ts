import { overlaps, type Range } from '../formats/address';
import { write } from '../formats/parse-result';
import { METRICS_PORT, STATUS_PORT } from '../ports';
import { quote } from '../printable';
import { suggest } from '../suggest';
import type { Path } from '../yaml/yaml-places';
import { domainProblem } from './destination';
import { issueAt, type Issue } from './issue';
import { OFFSET } from './offset';
import type { Sections } from './schema';

/** A service and where it stands. */
export interface PlacedService {
  readonly offset: string;
  readonly path: Path;
  readonly service: Sections['services'][number][1][number];
}

/** The services of all offsets. */
export function placed(services: Sections['services']): PlacedService[] {
  return services.flatMap(([key, list]) => {
    const offset = offsetText(key);
    return list.map((service, index) => ({ offset, path: ['services', offset, index], service }));
  });
}

/** An offset leads to an address in the network. */
export function offsetIssues(services: Sections['services'], network: Range | undefined): Issue[] {
  return services.flatMap(([offset]) => {
    const problem = offsetProblem(offset, network);
    return problem === undefined ? [] : [issueAt(['services', offsetText(offset)], problem, 'key')];
  });
}

function offsetProblem(offset: number | Range, network: Range | undefined): string | undefined {
  if (typeof offset !== 'number')
    return network && overlaps(offset, network)
      ? `${OFFSET}${write(String(offset.first - network.first))}`
      : OFFSET;
  if (network === undefined) return undefined;
  const last = network.last - network.first;
  return BigInt(offset) > last
    ? `is outside the network ${network.text}, whose offsets are 0 to ${last}; choose one of them or widen the network`
    : undefined;
}

function offsetText(offset: number | Range): string {
  return typeof offset === 'number' ? String(offset) : offset.text;
}

/** A destination is a whole name. */
export function domainIssues(services: readonly PlacedService[], clusterDomain: string): Issue[] {
  return services.flatMap(({ path, service }) => {
    const problem = domainProblem(service.dest, clusterDomain);
    return problem === undefined ? [] : [issueAt([...path, 'dest'], problem)];
  });
}

/** Who may connect is a peer, and named once. */
export function accessIssues(
  services: readonly PlacedService[],
  peers: Sections['peers'],
): Issue[] {
  const names = new Set(peers.map(({ name }) => name));
  return services.flatMap(({ path, service }) => {
    const seen = new Set<string>();
    return (service.peers ?? []).flatMap((name, index): Issue[] => {
      const at = [...path, 'peers', index];
      if (!names.has(name)) return [issueAt(at, `is no peer's name${suggest(name, names)}`)];
      if (seen.has(name)) return [issueAt(at, 'is in the list already; remove one')];
      seen.add(name);
      return [];
    });
  });
}

/** Ports that the pod has bound already. */
const BOUND_PORTS = [STATUS_PORT, METRICS_PORT];

/** The port for health checks is bound on every address. */
export function healthPortIssues(
  services: readonly PlacedService[],
  healthPort: number | undefined,
): Issue[] {
  if (healthPort === undefined) return [];
  const at = ['service', 'healthPort'];
  if (BOUND_PORTS.includes(healthPort))
    return [issueAt(at, 'is a port the pod needs itself; choose another')];
  const holder = services.find(
    ({ service: { protocol, port } }) => protocol === 'tcp' && port === healthPort,
  );
  if (holder === undefined) return [];
  const message = `is the port of service ${quote(holder.service.name)}; choose one that no service has`;
  return [issueAt(at, message)];
}

/** What services must be to each other, and to the endpoint's own UDP port. */
export function listenerIssues(
  services: readonly PlacedService[],
  endpointPort: number | undefined,
): Issue[] {
  const holders = new Map<string, string>();
  return services.flatMap(({ offset, path, service: { name, port, protocol, proxyProtocol } }) => {
    const issues: Issue[] = [];
    const at = (key: string, message: string) => issues.push(issueAt([...path, key], message));
    if (protocol === 'udp' && proxyProtocol)
      at('proxyProtocol', 'needs tcp, as PROXY protocol version 1 knows nothing else; remove it');
    if (protocol === 'udp' && port === endpointPort)
      at(
        'port',
        "is the endpoint's own UDP port, which WireGuard holds on every address; change one",
      );
    const listener = `${offset} ${protocol} ${port}`;
    const holder = holders.get(listener);
    if (holder === undefined) holders.set(listener, name);
    else
      at(
        'port',
        `is taken by ${quote(holder)} at the same offset and protocol; change the port or the offset`,
      );
    return issues;
  });
}
