import { Cluster, synth, wgQuick, type Peer } from './harness/cluster';
import { serveEcho } from './harness/held';
import { address6 } from './harness/network';
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
