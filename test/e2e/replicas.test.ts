import { Cluster, synth, wgQuick, type Peer } from './harness/cluster';
import { serveEcho } from './harness/held';
import { address } from './harness/network';
import type { Pod } from './harness/pod';

jest.setTimeout(90_000);

/** WireGuard notices after 15 s that nobody answers, and shakes hands anew. */
const SECONDS = 20;

describe('two replicas with one key', () => {
  let cluster: Cluster;
  let hero: Peer;

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    const services = { 0: [{ name: 'echo', dest: `${cluster.backends.address}:7000`, port: 7 }] };
    await cluster.run(synth(cluster.inventory({ services, replicas: 2 })));
    await hero.up(wgQuick(cluster, hero));
  });
  afterAll(() => {
    cluster.stop();
  });

  /** The pod that has heard of the peer in the last seconds. */
  function serving(): Pod {
    const age = (pod: Pod) =>
      Date.now() / 1000 -
      Number(pod.inNetwork('wg show wg0 latest-handshakes').trim().split('\t')[1]);
    const [one, two] = cluster.pods as [Pod, Pod];
    return age(one) < age(two) ? one : two;
  }

  async function secondsUntilServed(): Promise<number> {
    const begin = Date.now();
    while ((await hero.ask('10.1.3.16:7', 1)) !== '?\n') {
      if (Date.now() - begin > 40_000) throw new Error('never served again');
    }
    return (Date.now() - begin) / 1000;
  }

  test('a client that moves to another address is served again', async () => {
    await secondsUntilServed();
    let longest = 0;
    for (const number of [50, 51]) {
      await hero.host.must(`
        ip -4 address flush dev eth0
        ip address add ${address('outside', number)}/24 dev eth0
        ip route add default via ${address('outside', 1)}
      `);
      longest = Math.max(longest, await secondsUntilServed());
    }
    console.info(`served again ${longest} s after moving, at the longest`);
    expect(longest).toBeLessThan(SECONDS);
  });

  test('clients of a replica that dies are served by the other', async () => {
    await secondsUntilServed();
    const dead = serving();
    dead.kill();
    cluster.program([30, 31].filter((number) => dead.name !== `pod${number}`));
    const seconds = await secondsUntilServed();
    console.info(`served by the other replica after ${seconds} s`);
    expect(seconds).toBeLessThan(SECONDS);
  });
});
