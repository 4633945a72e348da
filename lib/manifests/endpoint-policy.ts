import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import { range } from '../formats/address';
import type { Inventory, Isolation, Service } from '../inventory/inventory';
import { METRICS_PORT } from '../ports';
import { selectorLabels } from './labels';
import { NAME } from '../names';

/**
 * A policy for the endpoint's own pod. In: peers from anywhere, Prometheus from its namespace. Out:
 * DNS, what the services lead to and what the inventory adds. Answers need no rule.
 */
export function endpointPolicy(
  scope: Construct,
  inventory: Inventory,
): k8s.KubeNetworkPolicy | undefined {
  if (!inventory.isolate) return undefined;
  return new k8s.KubeNetworkPolicy(scope, 'endpoint-policy', {
    metadata: { name: NAME, namespace: inventory.namespace },
    spec: {
      podSelector: { matchLabels: selectorLabels(inventory) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        // A Service may put a node's address in the place of the peer's: no address can be told.
        { ports: [port('UDP', inventory.port)] },
        ...(inventory.service.healthPort === undefined
          ? []
          : [{ ports: [port('TCP', inventory.service.healthPort)] }]),
        ...(inventory.metrics
          ? [
              {
                from: [namespacePeer(inventory.monitoringNamespace)],
                ports: [port('TCP', METRICS_PORT)],
              },
            ]
          : []),
      ],
      egress: distinct([
        { to: nameservers(inventory), ports: [port('UDP', 53), port('TCP', 53)] },
        ...(installsPackages(inventory.images.wireguard) ? [{ ports: [port('TCP', 443)] }] : []),
        ...inventory.services.map((service) => destination(service, inventory)),
        ...inventory.isolate.egress.map(asRule),
      ]),
    },
  });
}

/**
 * Where DNS is: pods of kube-system in every common distribution, NodeLocal DNSCache at the address
 * its manifest fixes, or what the inventory says, which may be a ClusterIP of those pods.
 */
function nameservers({ resolver }: Inventory): k8s.NetworkPolicyPeer[] {
  const addresses = resolver.length > 0 ? resolver : [range('169.254.20.10')];
  return [namespacePeer('kube-system'), ...addresses.map(({ cidr }) => ({ ipBlock: { cidr } }))];
}

function destination(service: Service, inventory: Inventory): k8s.NetworkPolicyEgressRule {
  const { host, port: number, address, namespace } = service.dest;
  const protocol = service.protocol === 'udp' ? 'UDP' : 'TCP';
  if (address !== undefined) {
    return { to: [{ ipBlock: { cidr: address.cidr } }], ports: [port(protocol, number)] };
  }
  // The API server is no pod: it listens on nodes, on 6443 where the distribution's default stands.
  if (host === `kubernetes.default.svc.${inventory.clusterDomain}`) {
    return { ports: [port('TCP', 6443)] };
  }
  if (namespace !== undefined) {
    const isPod =
      host.split('.').length > `x.${namespace}.svc.${inventory.clusterDomain}`.split('.').length;
    // A policy sees the pod's port, which is the Service's only where the name is a pod's.
    return {
      to: [namespacePeer(namespace)],
      ports: [isPod ? port(protocol, number) : { protocol }],
    };
  }
  // Policies know no names: anything that listens on that port.
  return { ports: [port(protocol, number)] };
}

type EgressRule = Isolation['egress'][number];

/** Whether `init.sh` has to fetch the tools: Alpine's own image comes without. */
function installsPackages(image: string): boolean {
  return /(^|\/)alpine([:@]|$)/.test(image);
}

/** The inventory's rule as the construct takes it. */
function asRule({ to, ports }: EgressRule): k8s.NetworkPolicyEgressRule {
  return {
    ...(to && { to: structuredClone(to) as k8s.NetworkPolicyPeer[] }),
    ...(ports && {
      ports: ports.map(({ port: given, ...rest }) => ({
        ...rest,
        ...(given !== undefined && {
          port:
            typeof given === 'number'
              ? k8s.IntOrString.fromNumber(given)
              : k8s.IntOrString.fromString(given),
        }),
      })),
    }),
  };
}

function port(protocol: 'TCP' | 'UDP', number: number): k8s.NetworkPolicyPort {
  return { protocol, port: k8s.IntOrString.fromNumber(number) };
}

/** The label is Kubernetes' own: nobody can give it to another namespace. */
function namespacePeer(namespace: string): k8s.NetworkPolicyPeer {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}

function distinct<Rule>(rules: readonly Rule[]): Rule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}
