import { Cluster, keyPair, synth, wgQuick, type Peer } from './harness/cluster';
import { Held, serveEcho } from './harness/held';
import type { Pod } from './harness/pod';
import { sh, until } from './harness/shell';

jest.setTimeout(120_000);

/** What the pod may take to put right what someone changed. */
const SECONDS = 10;

describe('wg0 changed by someone else', () => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;
  let yen: Peer;
  let held: Held;
  const other = keyPair();
  const psk = sh('wg genpsk').trim();

  /** All that makes up wg0, in an order of its own. */
  const wg0 = () =>
    pod.inNetwork(`
      { wg show wg0 dump | cut -f 1,2,4,8 | sort
        wg show wg0 listen-port
        ip -o link show dev wg0 | grep -o 'mtu.*group [^ ]*\\|[<,]UP[,>]'
        ip -o address show dev wg0 scope global
        for family in -4 -6; do
          ip $family rule show
          ip $family route show table all dev wg0
        done
      } | sha256sum`);

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    yen = cluster.peer('yen', 11, '10.1.2.9');
    await serveEcho(cluster.backends, 7000);
    const dest = `${cluster.backends.address}:7000`;
    const services = {
      0: [{ name: 'echo', dest, port: 7 }],
      1: [{ name: 'echo', dest, port: 7 }],
    };
    pod = await cluster.run(synth(cluster.inventory({ services })));
    await hero.up(wgQuick(cluster, hero));
    await yen.up(wgQuick(cluster, yen));
    held = new Held(hero.host, '10.1.3.16', 7, 20);
    await held.opened(20);
  });
  afterAll(() => {
    held.end();
    cluster.stop();
  });

  test.each([
    ['an address gone', 'ip address delete 10.1.3.17/32 dev wg0'],
    ['an address too many', 'ip address add 10.9.9.9/24 dev wg0'],
    ['a route gone', 'ip route delete 10.1.2.9/32 dev wg0'],
    ['a route too many', 'ip route add 10.8.0.0/16 dev wg0'],
    ['a way to a listener gone', 'ip route delete local 10.1.3.17/32 dev wg0 table 600007'],
    ['a listener too many', 'ip route add local 10.1.3.99/32 dev wg0 table 600007'],
    ['the rule of a port gone', 'ip rule delete iif wg0 ipproto 6 dport 7'],
    ['the end of the rules gone', 'ip rule delete priority 29999'],
    ['a rule too many', 'ip rule add iif wg0 lookup main priority 0'],
    ['the rule for local addresses back', 'ip rule add lookup local priority 0'],
    ['the MTU', 'ip link set dev wg0 mtu 1400'],
    ['the group', 'ip link set dev wg0 group 0'],
    ['the port', 'wg set wg0 listen-port 4000'],
    ['the key', `echo ${other.privateKey} | wg set wg0 private-key /dev/stdin`],
    ['a routing mark', 'wg set wg0 fwmark 5'],
    ['a peer gone', 'wg set wg0 peer YEN remove'],
    ['a peer too many', `wg set wg0 peer ${other.publicKey} allowed-ips 10.1.2.77/32`],
    ['allowed IPs taken by another', 'wg set wg0 peer YEN allowed-ips 10.1.2.9/32,10.1.2.4/32'],
    ['a preshared key', `echo ${psk} | wg set wg0 peer YEN preshared-key /dev/stdin`],
    ['a keepalive', 'wg set wg0 peer YEN persistent-keepalive 7'],
    // What wg makes of a writer that is killed at once, or half way through.
    ['nothing from a writer that was killed', 'wg syncconf wg0 /dev/stdin </dev/null'],
    [
      'half of what a writer had',
      `printf '[Interface]\\nListenPort = 342\\n[Peer]\\nPublicKey = YEN\\nAllowedIPs = 10.1.2.9/3' |
        wg syncconf wg0 /dev/stdin`,
    ],
    ['wg0 down', 'ip link set dev wg0 down'],
  ])('%s: is put back', async (_, change) => {
    const before = wg0();
    pod.inNetwork(change.replaceAll('YEN', yen.publicKey));
    expect(wg0()).not.toBe(before);
    await until('wg0 as before', SECONDS, () => wg0() === before);
  });

  test('says once what it put back, shows no key, and drops nobody', async () => {
    const lines = pod
      .log('wireguard')
      .split('\n')
      .filter((line) => line.includes('put back'));
    expect(lines.length).toBeGreaterThan(10);
    expect(new Set(lines).size).toBe(lines.length);
    for (const secret of [cluster.hostKey.privateKey, other.privateKey, psk])
      expect(pod.log('wireguard')).not.toContain(secret.slice(0, 20));
    await until('an answer', 20, async () => (await hero.ask('10.1.3.17:7')) === '?\n');
    await until('an answer', 20, async () => (await yen.ask('10.1.3.17:7')) === '?\n');
    expect(await held.look()).toMatchObject({ open: 20, dropped: 0 });
    expect(await pod.ready()).toBe(true);
  });
});

describe('what cannot be done for one entry', () => {
  let cluster: Cluster;
  afterEach(() => {
    cluster.stop();
  });

  test('an IPv6 entry on a wg0 too narrow for IPv6 is left out, and the rest is served', async () => {
    cluster = new Cluster();
    const hero = cluster.peer('hero', 10, '10.1.2.4');
    cluster.peer('six', 11, 'fd00:10:1:2::4');
    await serveEcho(cluster.backends, 7000);
    const services = { 0: [{ name: 'echo', dest: `${cluster.backends.address}:7000`, port: 7 }] };
    const pod = cluster.pod(synth(cluster.inventory({ services })), 30);
    pod.inNetwork('ip link set dev eth0 mtu 1300');
    cluster.program([30]);
    pod.start();
    await hero.up(wgQuick(cluster, hero));
    await until('an answer', 20, async () => (await hero.ask('10.1.3.16:7')) === '?\n');
    const reason = 'route fd00:10:1:2::4/128: wg0 has an MTU of 1220, IPv6 needs 1280';
    await until('the reason', 10, () =>
      pod.log('wireguard').includes(`not applied: ${reason}; the rest is in force`),
    );
    expect(await pod.probe('wireguard', 'readinessProbe')).toMatchObject({
      code: 1,
      stdout: `not applied: ${reason}\n`,
    });
    expect((await pod.probe('wireguard', 'livenessProbe')).code).toBe(0);

    pod.inNetwork('ip link set dev eth0 mtu 1500');
    await pod.becomesReady(10);
    expect(pod.inNetwork('ip -6 route show dev wg0 proto static')).toContain('fd00:10:1:2::4');
    expect(pod.log('wireguard').match(/IPv6 needs 1280/g)).toHaveLength(1);
  });
});
