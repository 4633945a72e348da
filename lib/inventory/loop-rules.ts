import { overlaps } from '../formats/address';
import { SERVICE_NAME } from '../names';
import { issueAt, type Issue } from './issue';
import type { Sections } from './schema';
import type { PlacedService } from './service-rules';

/**
 * No destination is the endpoint itself, as far as the inventory shows it: one connection would open
 * another, and that the next.
 */
export function loopIssues(
  services: readonly PlacedService[],
  sections: Partial<Sections>,
): Issue[] {
  const names = ownNames(services, sections);
  return services.flatMap((placed) => {
    const problem = loopProblem(placed, names, sections);
    return problem === undefined ? [] : [issueAt([...placed.path, 'dest'], problem)];
  });
}

/**
 * Whether a service leads to the number of the endpoint's own node port. What a name resolves to the
 * inventory does not show, but within the cluster that port is the endpoint's on every node.
 */
export function leadsToNodePort(
  { protocol, dest }: Pick<PlacedService['service'], 'protocol' | 'dest'>,
  { nodePort }: Pick<Sections, 'nodePort'>,
): boolean {
  return protocol === 'udp' && dest.port === nodePort;
}

/** The name of the endpoint's own Service. */
export function ownServiceHost({
  namespace,
  clusterDomain,
}: Pick<Sections, 'namespace' | 'clusterDomain'>): string {
  return `${SERVICE_NAME}.${namespace}.svc.${clusterDomain}`;
}

/** Names that lead to the endpoint, and what each is. */
function ownNames(
  services: readonly PlacedService[],
  { namespace, clusterDomain, dns }: Partial<Sections>,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  if (namespace !== undefined && clusterDomain !== undefined)
    names.set(ownServiceHost({ namespace, clusterDomain }), "the endpoint's own Service");
  if (dns === undefined) return names;
  const record = `${dns.name}.${dns.zone}`;
  names.set(record, "the endpoint's own DNS record");
  for (const { service } of dns.services ? services : [])
    names.set(`${service.name}.${record}`, 'the DNS record of a service of this endpoint');
  return names;
}

function loopProblem(
  { service: { dest, protocol } }: PlacedService,
  names: ReadonlyMap<string, string>,
  { network, dns, nodePort, port, service }: Partial<Sections>,
): string | undefined {
  const { host, address } = dest;
  if (address !== undefined && network !== undefined && overlaps(address, network))
    return `leads back into the network ${network.text}; give the service behind it`;
  const what = names.get(host);
  if (what !== undefined) return `is ${what}, so it leads back here; give the service behind it`;
  const outside = service?.type === 'LoadBalancer' ? port : nodePort;
  const isNode = dns !== undefined && [dns.target].flat().includes(host);
  return isNode && protocol === 'udp' && dest.port === outside
    ? "is the endpoint's own port as clients see it, so it leads back here; give the service behind it"
    : undefined;
}
