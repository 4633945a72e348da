import { writeFileSync } from 'node:fs';
import type { Host } from '../../test/e2e/harness/host';
import type { Pod } from '../../test/e2e/harness/pod';
import { sh } from '../../test/e2e/harness/shell';
import { ADDRESS, setUp as setUpProxy, type Setup } from '../proxy/setup';
import { family, WIRE, type Contender } from './contender';

/** The network of `bench:proxy` with two more ways; the bare tunnel comes first. */
export async function setUp(): Promise<
  Pick<Setup, 'cluster' | 'hero' | 'pod'> & { ways: Contender[] }
> {
  const { cluster, hero, pod, ways } = await setUpProxy(serve);
  const { backends } = cluster;
  for (const { name } of [hero.host, backends, pod]) capBuffers(name);
  startHaproxy(pod, backends.address);
  // Its scripts, which look after wg0 and nginx every few seconds, are no part of a way.
  for (const container of ['wireguard', 'nginx']) process.kill(pod.init(container), 'SIGSTOP');
  const at = (port: number) => ({ address: ADDRESS, echo: port, bulk: port + 1 });
  return {
    cluster,
    hero,
    pod,
    ways: [
      { name: 'bare tunnel', ...ways.bare, pids: [] },
      { name: 'this endpoint', ...ways.ours, pids: family('nginx.*current/nginx.cfg') },
      { name: "the article's way", ...ways.article, pids: family('nginx.*article.cfg') },
      { name: 'HAProxy', ...at(2007), pids: family('haproxy') },
      { name: 'DNAT', ...at(3007), pids: [], ...dnat(pod, backends.address) },
    ],
  };
}

async function serve(backends: Host): Promise<void> {
  backends.start('wire', [...WIRE, 'serve']);
  await backends.listening(7001);
}

/** All sockets alike, so that a short window measures what is moved and not what is stored. */
function capBuffers(namespace: string): void {
  const sizes = '4096 131072 262144';
  sh(
    `ip netns exec ${namespace} sysctl -qw net.ipv4.tcp_rmem='${sizes}' net.ipv4.tcp_wmem='${sizes}'`,
  );
}

/** TCP mode, a literal address, no log: the least it can do. */
function startHaproxy(pod: Pod, backend: string): void {
  const file = '/run/e2e/haproxy.cfg';
  writeFileSync(
    file,
    `defaults
  mode tcp
  timeout connect 10s
  timeout client 1d
  timeout server 1d
listen echo
  bind ${ADDRESS}:2007
  server backend ${backend}:7000
listen bulk
  bind ${ADDRESS}:2008
  server backend ${backend}:7001
`,
  );
  pod.inNetwork(`
    ip rule add to ${ADDRESS} ipproto 6 dport 2007-2008 priority 1 lookup local
    setsid haproxy -db -f ${file} >/run/e2e/haproxy.log 2>&1 </dev/null &
    for i in $(seq 100); do [ -z "$(ss -Hlnt sport = :2008)" ] || exit 0; sleep 0.1; done; exit 1`);
}

/**
 * What a design without a proxy does. Its tables are there while it has its turn alone, for with
 * them the kernel tracks every connection of the pod.
 */
function dnat(pod: Pod, backend: string): Pick<Contender, 'enter' | 'leave'> {
  const to = (port: number, dest: number) =>
    `iifname wg0 ip daddr ${ADDRESS} meta l4proto { tcp, udp } th dport ${port} dnat to ${backend}:${dest}`;
  return {
    enter: () =>
      pod.inNetwork(`nft -f - <<'NFT'
        table ip bench {
          chain prerouting { type nat hook prerouting priority -100; ${to(3007, 7000)}; ${to(3008, 7001)}; }
          chain postrouting { type nat hook postrouting priority 100; oifname eth0 ct status dnat masquerade; }
        }
NFT`),
    leave: () => pod.inNetwork('nft delete table ip bench'),
  };
}
