import { overlaps, range, type Range } from '../formats/address';
import { defaultImages } from './containers';
import type { Inventory } from './inventory';
import { leadsToNodePort, ownServiceHost } from './loop-rules';

/** Where clusters usually put pods and services; a route to a peer in there would hide one of them. */
const clusterRanges: readonly { use: string; block: Range; isOfServices?: boolean }[] = [
  { use: "k3s' pods", block: range('10.42.0.0/16') },
  { use: "k3s' services", block: range('10.43.0.0/16'), isOfServices: true },
  { use: "flannel's and kind's pods", block: range('10.244.0.0/16') },
  { use: "kubeadm's services", block: range('10.96.0.0/12'), isOfServices: true },
];

/**
 * What is legal but odd, one sentence each, in a stable order. Nothing is printed.
 *
 * @returns lines that begin with the cluster's name
 */
export function inventoryWarnings(inventory: Inventory): string[] {
  return [
    ...reachWarnings(inventory),
    ...behindWarnings(inventory),
    ...nestWarnings(inventory),
    ...policyWarnings(inventory),
    ...isolationWarnings(inventory),
    ...rangeWarnings(inventory),
    ...portWarnings(inventory),
    ...imageWarnings(inventory),
  ].map((warning) => `${inventory.cluster}: ${warning}`);
}

function reachWarnings({ peers, services, network }: Inventory): string[] {
  const noPeers = peers.length === 0 ? ['there are no peers: nobody can connect'] : [];
  const noServices =
    services.length === 0 ? ['there are no services: nobody reaches anything'] : [];
  const closed = services
    .filter((service) => service.peers?.length === 0)
    .map(({ name }) => `service "${name}": its list of peers is empty, so nobody may reach it`);
  const cutOff = peers
    .filter((peer) =>
      [peer.address, ...peer.allowedIPs].every(({ family }) => family !== network.family),
    )
    .map(
      ({ name, address }) =>
        `peer "${name}": ${address.text} and the network ${network.text} are of two families, so it reaches no service`,
    );
  return [...noPeers, ...noServices, ...closed, ...cutOff];
}

/** A peer answers to a service address; of its own family there is none. */
function behindWarnings({ services, network }: Inventory): string[] {
  return services.flatMap(({ name, dest: { address, peer } }) =>
    peer !== undefined && address?.family !== network.family
      ? [
          `service "${name}": ${address?.text} is behind peer "${peer}" and the network ${network.text} is of the other family, so no answer comes back; use an address of the network's family`,
        ]
      : [],
  );
}

/** A tunnel that goes through its own service takes up its own packets again and again. */
function nestWarnings(inventory: Inventory): string[] {
  const { services, nodePort, port } = inventory;
  return services.flatMap((service) => {
    const { name, protocol, dest } = service;
    if (leadsToNodePort(service, inventory))
      return [
        `service "${name}": UDP port ${nodePort} is the endpoint's own on every node, so nobody may reach it; give the service behind it, or choose another nodePort`,
      ];
    return protocol === 'udp' && dest.address === undefined && dest.port === port
      ? [
          `service "${name}": UDP port ${port} is the endpoint's own, too; make sure that ${dest.host} never leads to ${ownServiceHost(inventory)}, or WireGuard goes through itself`,
        ]
      : [];
  });
}

/** Only where network policies are in use at all: elsewhere no entry is the right entry. */
function policyWarnings({ services, networkPolicies }: Inventory): string[] {
  if (networkPolicies.length === 0) return [];
  const namespaces = services.map(({ dest }) => dest.namespace);
  return [...new Set(namespaces)]
    .filter((namespace) => namespace !== undefined)
    .filter((namespace) => namespace !== 'default' && !networkPolicies.includes(namespace))
    .sort()
    .map(
      (namespace) =>
        `namespace "${namespace}": services lead there, but networkPolicies does not list it; add it if network policies are in use there`,
    );
}

/** A policy sees a packet when its ClusterIP has given way to a pod's address. */
function isolationWarnings({ services, isolate }: Inventory): string[] {
  if (isolate === false || isolate.egress.length > 0) return [];
  return services.flatMap(({ name, dest: { address } }) => {
    const block = clusterRanges.find(
      (one) => one.isOfServices && address && overlaps(one.block, address),
    );
    return block && address
      ? [
          `service "${name}": ${address.text} lies where ${block.use} usually are (${block.block.text}), and isolate cuts a ClusterIP off; write the service's name, or where it leads in isolate.egress`,
        ]
      : [];
  });
}

function rangeWarnings({ network, peers }: Inventory): string[] {
  const blocks = [
    { own: network, whose: 'the network' },
    ...peers.flatMap(({ name, address, allowedIPs }) =>
      [address, ...allowedIPs].map((own) => ({ own, whose: `peer "${name}"` })),
    ),
  ];
  return clusterRanges.flatMap(({ block, use }) => {
    const [first, ...others] = blocks.filter(({ own }) => overlaps(block, own));
    if (first === undefined) return [];
    const more =
      others.length === 0
        ? ''
        : others.length === 1
          ? ', as does 1 more address or network of a peer'
          : `, as do ${others.length} more addresses or networks of peers`;
    return [
      `${first.whose}: ${first.own.text} lies where ${use} usually are (${block.text})${more}; move it if this cluster is one of those`,
    ];
  });
}

function portWarnings({ nodePort }: Inventory): string[] {
  if (nodePort === undefined || (nodePort >= 30000 && nodePort <= 32767)) return [];
  return [
    `nodePort: ${nodePort} is outside 30000-32767, the range unless the API server has another --service-node-port-range; choose one inside if this cluster has none`,
  ];
}

function imageWarnings({ images, metrics, userspace }: Inventory): string[] {
  const used = metrics
    ? (['wireguard', 'nginx', 'exporter'] as const)
    : (['wireguard', 'nginx'] as const);
  const unpinned = used
    .map((container) => ({ container, image: images[container] }))
    .filter(({ image }) => !image.includes('@') && !/:(?!latest$)[^/]+$/.test(image))
    .map(
      ({ container, image }) =>
        `images.${container}: ${image} names no version, so it may change under you; add a tag or a digest`,
    );
  return userspace && images.wireguard === defaultImages.wireguard
    ? [
        ...unpinned,
        'userspace: the default image has no wireguard-go; name one in images.wireguard that has',
      ]
    : unpinned;
}
