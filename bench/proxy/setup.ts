import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Cluster,
  NAMESERVER,
  synth,
  wgQuick,
  type InventoryFile,
  type Peer,
} from '../../test/e2e/harness/cluster';
import { serveEcho } from '../../test/e2e/harness/held';
import type { Host } from '../../test/e2e/harness/host';
import type { Pod } from '../../test/e2e/harness/pod';
import { until } from '../../test/e2e/harness/shell';
import { articleNginx, KUBE_DNS, type Exposed } from './article';

/** Where a peer finds the two servers of the `backends` host on one of the ways. */
export interface Way {
  readonly address: string;
  readonly echo: number;
  readonly bulk: number;
}

export const BACKENDS = 'backends.test.svc.cluster.local';
export const ECHO = `${BACKENDS}:7000`;
const BULK = `${BACKENDS}:7001`;

/** The first service address: what all inventories here have. */
export const ADDRESS = '10.1.3.16';
export const SERVICES: InventoryFile = {
  0: [
    { name: 'echo', dest: ECHO, port: 7 },
    { name: 'bulk', dest: BULK, port: 8 },
    { name: 'datagrams', dest: ECHO, port: 7, protocol: 'udp' },
  ],
};
const ARTICLE_SERVICES: readonly Exposed[] = [
  { address: ADDRESS, port: 1007, dest: ECHO },
  { address: ADDRESS, port: 1008, dest: BULK },
];

export interface Setup {
  readonly cluster: Cluster;
  readonly pod: Pod;
  readonly hero: Peer;
  readonly ways: { readonly bare: Way; readonly ours: Way; readonly article: Way };
}

/**
 * Whether the echo server answers on a new connection within a second. The line stays open until
 * then: without `proxy_half_close`, nginx loses the answer to a client that has said all it has to.
 */
export async function answers({ host }: Peer, address: string, port: number): Promise<boolean> {
  const exchange = `exec 3<>/dev/tcp/${address}/${port} && echo ? >&3 && read -r line <&3 && [ "$line" = ? ]`;
  return (await host.run(`timeout 1 bash -c '${exchange}'`)).code === 0;
}

/** Starts the servers of `bench:proxy`: echo on port 7000, bulk on 7001. */
export async function serve(backends: Host): Promise<void> {
  await serveEcho(backends, 7000);
  backends.start('bulk', [process.execPath, join(__dirname, 'server.mjs'), '7001']);
  await backends.listening(7001);
}

/** One peer, one tunnel, one pod, one pair of servers, and three ways from the one to the other. */
export async function setUp(serveOn: (backends: Host) => Promise<void>): Promise<Setup> {
  const cluster = new Cluster();
  const hero = cluster.peer('hero', 10, '10.1.2.4');
  const { backends } = cluster;
  await serveOn(backends);
  cluster.resolve({ [BACKENDS]: backends.address, [KUBE_DNS]: NAMESERVER });
  const pod = await cluster.run(synth(cluster.inventory({ services: SERVICES })));
  await hero.up(wgQuick(cluster, hero));
  await forwardToBackends(cluster, pod, hero);
  startArticleNginx(pod);
  const ways = {
    bare: { address: backends.address, echo: 7000, bulk: 7001 },
    ours: { address: ADDRESS, echo: 7, bulk: 8 },
    article: { address: ADDRESS, echo: 1007, bulk: 1008 },
  };
  for (const { address, echo } of Object.values(ways)) {
    await until(`${address}:${echo}`, 10, () => answers(hero, address, echo));
  }
  return { cluster, pod, hero, ways };
}

/** The bare tunnel: the pod forwards to the backends and nothing ends in it. */
async function forwardToBackends({ backends, hostKey }: Cluster, pod: Pod, hero: Peer) {
  await hero.host.must(`
    wg set e2e peer ${hostKey.publicKey} allowed-ips ${ADDRESS}/28,${backends.address}/32
    ip route add ${backends.address} dev e2e`);
  // Before the rules of confinement.sh; it would put back what speaks of wg0.
  pod.inNetwork(
    `ip rule add from ${hero.vpnAddress} to ${backends.address} priority 1 lookup main`,
  );
  await backends.must(`ip route add ${hero.vpnAddress} via ${pod.address}`);
}

/** Beside ours, in the same pod, so that both have the same tunnel at the same time. */
function startArticleNginx(pod: Pod): void {
  const file = '/run/e2e/article.cfg';
  writeFileSync(file, articleNginx(ARTICLE_SERVICES));
  pod.inNetwork(`
    ip rule add to ${ADDRESS} ipproto 6 dport 1007-1008 priority 1 lookup local
    mount --bind /run/e2e/${pod.name}/resolv.conf /etc/resolv.conf
    setsid nginx -c ${file} >/run/e2e/article.log 2>&1 </dev/null &`);
}
