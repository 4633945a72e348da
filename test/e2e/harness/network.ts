import type { Service } from './manifests';
import { sh } from './shell';

/**
 * The network of the tests: a node between its pods and the outside.
 *
 *   outside 203.0.113.0/24, fd00:203::/64     node .1, hosts as attached
 *   pods    10.42.0.0/24,   fd00:42::/64      node .1, hosts as attached
 */
export type Side = 'outside' | 'pods';

const PREFIX = {
  outside: { v4: '203.0.113', v6: 'fd00:203:' },
  pods: { v4: '10.42.0', v6: 'fd00:42:' },
} as const;

/** Address of a host on its side. */
export function address(side: Side, number: number): string {
  return `${PREFIX[side].v4}.${number}`;
}

export function address6(side: Side, number: number): string {
  return `${PREFIX[side].v6}:${number}`;
}

/**
 * Makes the network namespace `node` with a bridge for each side, and removes what the cluster
 * before left: namespaces, whatever runs in them, and files.
 */
export function createNode(): void {
  sh(`
    for ns in $(ip netns list | cut -d' ' -f1); do
      ip netns pids $ns | xargs -r kill -9 2>/dev/null || true
      ip netns delete $ns
    done
    rm -rf /run/e2e
    mkdir /run/e2e
    ip netns add node
    ip -n node link set lo up
    ip netns exec node sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    ${(['outside', 'pods'] as const)
      .map(
        (side) => `
          ip -n node link add ${side} type bridge
          ip -n node address add ${address(side, 1)}/24 dev ${side}
          ip -n node address add ${address6(side, 1)}/64 dev ${side} nodad
          ip -n node link set ${side} up`,
      )
      .join('\n')}
  `);
}

/** Makes a network namespace with an `eth0` on one side of the node, and a default route. */
export function attach(name: string, side: Side, number: number): void {
  sh(`
    ip netns add ${name}
    ip -n ${name} link set lo up
    ip -n node link add v-${name} type veth peer name eth0 netns ${name}
    ip -n node link set v-${name} master ${side} up
    ip -n ${name} link set eth0 up
    ip -n ${name} address add ${address(side, number)}/24 dev eth0
    ip -n ${name} address add ${address6(side, number)}/64 dev eth0 nodad
    ip -n ${name} route add default via ${address(side, 1)}
    ip -n ${name} -6 route add default via ${address6(side, 1)}
  `);
}

/**
 * What kube-proxy does for a UDP Service of type NodePort with external traffic policy Cluster: DNAT
 * to an endpoint, masquerade, and forgetting the connections of endpoints that are gone.
 *
 * @param endpoints last numbers of the addresses of the pods behind it; several are chosen by client
 * address
 */
export function programNodePort(
  { nodePort, targetPort }: Service,
  endpoints: readonly number[],
): void {
  const choose = (addresses: readonly string[], family: 'ip' | 'ip6') =>
    addresses.length === 1
      ? (addresses[0] ?? '')
      : `jhash ${family} saddr mod ${addresses.length} map { ${addresses.map((a, i) => `${i} : ${a}`).join(', ')} }`;
  const rule = (family: 'ip' | 'ip6') => {
    if (endpoints.length === 0) return 'drop';
    const to = endpoints.map((n) => (family === 'ip' ? address('pods', n) : address6('pods', n)));
    if (to.length > 1) return `dnat to ${choose(to, family)} : ${targetPort}`;
    return `dnat to ${family === 'ip' ? to[0] : `[${to[0]}]`}:${targetPort}`;
  };
  for (const family of ['ip', 'ip6'] as const) {
    sh(`ip netns exec node nft -f - <<'NFT'
      table ${family} node_port { }
      delete table ${family} node_port
      table ${family} node_port {
        chain prerouting {
          type nat hook prerouting priority -100
          iifname outside udp dport ${nodePort} ${rule(family)}
        }
        chain postrouting {
          type nat hook postrouting priority 100
          oifname pods ct status dnat masquerade
        }
      }
NFT
    ip netns exec node conntrack -D -f ${family === 'ip' ? 'ipv4' : 'ipv6'} -p udp --orig-port-dst ${nodePort} >/dev/null 2>&1 || true`);
  }
}
