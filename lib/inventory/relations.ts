import { dnsIssues, namespaceIssues, policyIssues, serviceRecordIssues } from './endpoint-rules';
import type { Issue } from './issue';
import { networkIssues, ownKeyIssues, peerIssues } from './peer-rules';
import type { Sections } from './schema';
import {
  accessIssues,
  domainIssues,
  healthPortIssues,
  listenerIssues,
  loopIssues,
  offsetIssues,
  placed,
} from './service-rules';

/**
 * What sections must be to each other.
 *
 * @param sections those that are well-formed by themselves; a rule about others waits for them
 */
export function relationIssues({
  network,
  peers,
  services: byOffset,
  dns,
  networkPolicies,
  port,
  namespace,
  clusterDomain,
  key,
  service,
}: Partial<Sections>): Issue[] {
  const services = byOffset && placed(byOffset);
  const domains = services && clusterDomain ? domainIssues(services, clusterDomain) : [];
  return [
    ...(peers ? peerIssues(peers) : []),
    ...(peers && network ? networkIssues(peers, network) : []),
    ...(peers && key ? ownKeyIssues(peers, key.publicKey) : []),
    ...domains,
    ...(byOffset && network ? offsetIssues(byOffset, network) : []),
    ...(services && network ? loopIssues(services, network) : []),
    ...(services && peers ? accessIssues(services, peers) : []),
    ...(services ? listenerIssues(services, port) : []),
    ...(services && service ? healthPortIssues(services, service.healthPort) : []),
    ...(namespace === undefined ? [] : namespaceIssues(namespace)),
    // Which namespaces are reached is known when all destinations are.
    ...(networkPolicies && services && clusterDomain && domains.length === 0
      ? policyIssues(networkPolicies, services, clusterDomain, namespace)
      : []),
    ...(dns ? dnsIssues(dns) : []),
    ...(dns && services ? serviceRecordIssues(dns, services) : []),
  ];
}
