import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, NODE_PORT, synth, wgQuick, type Peer } from './harness/cluster';
import { serveEcho } from './harness/held';
import { address, address6 } from './harness/network';
import type { Pod } from './harness/pod';
import { until } from './harness/shell';

jest.setTimeout(60_000);

describe.each([
  ['IPv4', '10.1.3.16/28', '10.1.3.16', '10.1.3.17'],
  ['IPv6', 'fd00:3::10/124', '[fd00:3::10]', '[fd00:3::11]'],
])('a name that leads back to a service address, over %s', (_, network, here, good) => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, network.includes(':') ? 'fd00:2::4' : '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    const bare = here.replace(/[[\]]/g, '');
    cluster.resolve({
      'back.test.svc.cluster.local': bare,
      'aside.test.svc.cluster.local': bare,
    });
    const dest = network.includes(':')
      ? `[${address6('pods', 20)}]:7000`
      : `${cluster.backends.address}:7000`;
    const services = {
      0: [
        { name: 'itself', dest: 'back.test.svc.cluster.local:7', port: 7 },
        { name: 'itself', dest: 'back.test.svc.cluster.local:7', port: 7, protocol: 'udp' },
        // Round: to a service that leads to this one.
        { name: 'round', dest: 'aside.test.svc.cluster.local:9', port: 8 },
        { name: 'back', dest: 'back.test.svc.cluster.local:8', port: 9 },
      ],
      1: [{ name: 'good', dest, port: 7 }],
    };
    pod = await cluster.run(synth(cluster.inventory({ network, services })));
    await hero.up(wgQuick(cluster, hero, network));
    await until('an answer', 20, async () => (await hero.ask(`${good}:7`)) === '?\n');
  });
  afterAll(() => {
    cluster.stop();
  });

  /** Sockets of the pod, but for listeners. */
  const sockets = () =>
    pod.inNetwork(`ss -Hanpu state connected; ss -Hant state connected; true`).split('\n').length;

  test.each([7, 8])('a connection to port %i ends at once', async (port) => {
    const before = sockets();
    const begin = Date.now();
    expect(await hero.ask(`${here}:${port}`)).toBe('');
    expect(Date.now() - begin).toBeLessThan(2500);
    expect(sockets() - before).toBeLessThan(10);
    expect(pod.log('nginx')).toMatch(/peer=unknown .*status=403/);
    expect(await hero.ask(`${good}:7`)).toBe('?\n');
  });

  test('a hundred datagrams open a hundred sockets at most, and no line each', async () => {
    const before = { sockets: sockets(), lines: pod.log('nginx').split('\n').length };
    await hero.host.run(`for i in $(seq 100); do echo $i; done | socat -T 1 - UDP:${here}:7`);
    await until('a sum', 70, () =>
      /refused \d+ times: status=403 peer=unknown/.test(pod.log('nginx')),
    );
    expect(sockets() - before.sockets).toBeLessThan(10);
    expect(pod.log('nginx').split('\n').length - before.lines).toBeLessThan(20);
    expect(await pod.ready()).toBe(true);
  });
});

describe("a UDP name that leads to WireGuard's own port", () => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;
  let yen: Peer;

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    yen = cluster.peer('yen', 11, '10.1.2.9');
    await serveEcho(cluster.backends, 7000);
    cluster.resolve({
      'pod.test.svc.cluster.local': address('pods', 30),
      'node.test.svc.cluster.local': address('pods', 1),
    });
    const services = {
      0: [{ name: 'echo', dest: `${cluster.backends.address}:7000`, port: 7 }],
      1: [
        { name: 'pod', dest: 'pod.test.svc.cluster.local:342', port: 5, protocol: 'udp' },
        {
          name: 'node',
          dest: `node.test.svc.cluster.local:${NODE_PORT}`,
          port: 6,
          protocol: 'udp',
        },
      ],
    };
    pod = await cluster.run(synth(cluster.inventory({ services })));
    for (const peer of [hero, yen]) await peer.up(wgQuick(cluster, peer));
    await until('an answer', 10, async () => (await yen.ask('10.1.3.16:7')) === '?\n');
  });
  afterAll(() => {
    cluster.stop();
  });

  test("the pod's address: no tunnel goes through itself", async () => {
    await hero.host.must(`
      ip link add nest type wireguard 2>/dev/null || wireguard-go nest >/dev/null 2>&1
      wg set nest private-key /etc/wireguard/e2e.key peer ${cluster.hostKey.publicKey} \
        endpoint 10.1.3.17:5 allowed-ips 10.1.3.31/32 persistent-keepalive 1
      ip link set nest up`);
    await sleep(5000);
    await hero.host.run('busybox ping -c 3 -W 1 10.1.3.16');
    const sent = () => Number(pod.inNetwork('cat /sys/class/net/wg0/statistics/tx_packets'));
    const before = sent();
    await sleep(3000);
    expect((await hero.host.run('wg show nest latest-handshakes')).stdout).toMatch(/\t0\n$/);
    expect((sent() - before) / 3).toBeLessThan(200);
    expect(await yen.ask('10.1.3.16:7')).toBe('?\n');
  });

  test('its own node port: nobody gets there', async () => {
    await hero.host.run('echo ? | socat -T 1 - UDP:10.1.3.17:6');
    const refused = 'status=403 peer=hero service=node protocol=UDP';
    await until('the sum', 10, async () =>
      `${pod.log('nginx')}${(await pod.exec('nginx', ['cat', '/run/nginx/refusals'])).stdout}`.includes(
        refused,
      ),
    );
  });
});
