import { overlaps, range, type Range } from '../formats/address';
import { quote } from '../printable';
import { suggest } from '../suggest';
import { namespaceOf } from './destination';
import { issueAt, type Issue } from './issue';
import type { Sections } from './schema';
import type { PlacedService } from './service-rules';

/** The endpoint has a namespace of its own, for its pods may do what others must not. */
export function namespaceIssues(
  namespace: string,
  services: readonly PlacedService[] = [],
  { clusterDomain, metrics, monitoringNamespace }: Partial<Sections>,
): Issue[] {
  const at = (problem: string): Issue[] => {
    const message = `${problem}; give the endpoint its own, such as wireguard`;
    return [{ ...issueAt(['namespace'], message), fallback: namespace }];
  };
  if (namespace === 'default' || namespace.startsWith('kube-'))
    return at('is a namespace of the cluster itself');
  if (namespace === 'flux-system') return at("is Flux's namespace");
  const inhabitant = services.find(
    ({ service: { dest } }) => clusterDomain && namespaceOf(dest.host, clusterDomain) === namespace,
  );
  if (inhabitant !== undefined) {
    const { name } = inhabitant.service;
    return at(`is where service ${quote(name)} leads, and would become privileged`);
  }
  return metrics && namespace === monitoringNamespace
    ? at('is the monitoringNamespace, and would become privileged')
    : [];
}

/** A policy shuts everyone else out of its namespace, so each must be one a service leads to. */
export function policyIssues(
  namespaces: readonly string[],
  services: readonly PlacedService[],
  clusterDomain: string,
  ownNamespace: string | undefined,
): Issue[] {
  const reached = new Set(
    services.flatMap(({ service }) => namespaceOf(service.dest.host, clusterDomain) ?? []),
  );
  const problemOf = (namespace: string, index: number): string | undefined => {
    if (namespace === 'default')
      return 'would cut off the namespace default, and the API server is no pod that a policy could let through; remove it';
    if (namespace === ownNamespace)
      return "is the endpoint's own namespace, and would be closed to its clients; remove it";
    if (namespaces.indexOf(namespace) < index) return 'is in the list already; remove one';
    if (!reached.has(namespace))
      return `is no namespace a service leads to${suggest(namespace, reached) || '; remove it'}`;
    return undefined;
  };
  return namespaces.flatMap((namespace, index) => {
    const problem = problemOf(namespace, index);
    return problem === undefined ? [] : [issueAt(['networkPolicies', index], problem)];
  });
}

type Dns = NonNullable<Sections['dns']>;

/** A record leads to where clients are before the tunnel is up. */
export function targetIssues(
  { target }: Dns,
  network: Range | undefined,
  peers: Sections['peers'] = [],
): Issue[] {
  if (typeof target === 'string') return [];
  const vpnAddresses = new Set(peers.map(({ address }) => address.text));
  return target.flatMap((text, index): Issue[] => {
    const path = target.length > 1 ? ['dns', 'target', index] : ['dns', 'target'];
    if (network && overlaps(network, range(text)))
      return [issueAt(path, `leads into the network ${network.text}; give the nodes' own address`)];
    if (vpnAddresses.has(text))
      return [issueAt(path, "is the VPN address of a peer; give the nodes' own address")];
    return [];
  });
}

/** What the DNS record must be, whole names taken together. */
export function dnsIssues({ zone, name, target }: Dns): Issue[] {
  const issues: Issue[] = [];
  const at = (key: string, message: string) => issues.push(issueAt(['dns', key], message));
  const record = `${name}.${zone}`;
  if (name === zone || name.endsWith(`.${zone}`))
    at(
      'name',
      `repeats the zone; write ${name === zone ? 'a name below it' : quote(name.slice(0, -zone.length - 1))}`,
    );
  if (record.length > 253)
    at('name', `makes a record of ${record.length} characters; 253 is the limit`);
  if (target === record)
    at('target', 'is the record itself; give the name that leads to the nodes');
  return issues;
}

/** With `dns.services` a name stands for one address. */
export function serviceRecordIssues(
  { zone, name: endpoint, target, services: isOn }: Dns,
  services: readonly PlacedService[],
): Issue[] {
  if (!isOn) return [];
  const record = `${endpoint}.${zone}`;
  const offsets = new Map<string, string>();
  const problemOf = ({ offset, service: { name } }: PlacedService): string | undefined => {
    const holder = offsets.get(name) ?? offset;
    offsets.set(name, holder);
    if (holder !== offset)
      return `is at offset "${holder}" too, and dns.services gives a name one address; rename one`;
    if (`${name}.${record}` === target) return 'would take the place of dns.target; rename it';
    if (name.length + 1 + record.length > 253)
      return 'makes a DNS name longer than 253 characters; shorten it or dns.name';
    return undefined;
  };
  return services.flatMap((service) => {
    const problem = problemOf(service);
    return problem === undefined ? [] : [issueAt([...service.path, 'name'], problem)];
  });
}
