import {
  dnsIssues,
  namespaceIssues,
  policyIssues,
  serviceRecordIssues,
  targetIssues,
} from './endpoint-rules';
import type { Issue } from './issue';
import { loopIssues } from './loop-rules';
import { networkIssues, ownKeyIssues, peerIssues } from './peer-rules';
import type { Sections } from './schema';
import {
  accessIssues,
  domainIssues,
  healthPortIssues,
  listenerIssues,
  offsetIssues,
  placed,
} from './service-rules';

/**
 * What sections must be to each other.
 *
 * @param sections those that are well-formed by themselves; a rule about others waits for them
 */
export function relationIssues(sections: Partial<Sections>): Issue[] {
  const { network, peers, dns, networkPolicies, namespace, clusterDomain, key, service } = sections;
  const services = sections.services && placed(sections.services);
  const domains = services && clusterDomain ? domainIssues(services, clusterDomain) : [];
  const loops = services ? loopIssues(services, sections) : [];
  // A destination that is wrong, or a policy, is not blamed for its namespace too.
  const isOwn = loops.length > 0 || networkPolicies?.some((name) => name === namespace);
  return [
    ...(peers ? peerIssues(peers) : []),
    ...(peers && network ? networkIssues(peers, network) : []),
    ...(peers && key ? ownKeyIssues(peers, key.publicKey) : []),
    ...domains,
    ...loops,
    ...(sections.services ? offsetIssues(sections.services, network) : []),
    ...(services && peers ? accessIssues(services, peers) : []),
    ...(services ? listenerIssues(services, sections.port) : []),
    ...(services && service ? healthPortIssues(services, service.healthPort) : []),
    ...(namespace ? namespaceIssues(namespace, isOwn ? [] : services, sections) : []),
    // Which namespaces are reached is known when all destinations are.
    ...(networkPolicies && services && clusterDomain && domains.length === 0
      ? policyIssues(networkPolicies, services, clusterDomain, namespace)
      : []),
    ...(dns ? dnsIssues(dns) : []),
    ...(dns ? targetIssues(dns, network, peers) : []),
    ...(dns && services ? serviceRecordIssues(dns, services) : []),
  ];
}
