import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, synth, wgQuick, type Peer } from './harness/cluster';
import { Held, serveEcho } from './harness/held';
import type { Pod } from './harness/pod';
import { until } from './harness/shell';

jest.setTimeout(120_000);

/** A port on which something listens in the pod that is none of the proxy's. */
const STRANGE = 5555;
/** A service's port. */
const PORT = 7;

const EAR = `/run/e2e/ear.log`;

/** What the ear of the pod has heard since the last call. */
function heard(pod: Pod): string[] {
  return pod
    .inNetwork(`cat ${EAR}; : >${EAR}`)
    .split('\n')
    .filter((line) => line !== '');
}

async function listen(pod: Pod): Promise<void> {
  pod.inNetwork(
    `setsid ${process.execPath} ${join(__dirname, 'harness/ear.mjs')} ${STRANGE} >>${EAR} 2>&1 </dev/null &`,
  );
  await until('the ear', 10, () => pod.inNetwork('ss -Hlnt').includes(`:${STRANGE}`));
}

/** Hands a peer's tunnel more destinations than it is meant for. */
async function routeInto(cluster: Cluster, peer: Peer, ...prefixes: readonly string[]) {
  await peer.host.must(`
    wg set e2e peer ${cluster.hostKey.publicKey} allowed-ips ${prefixes.join()}
    for to in ${prefixes.join(' ')}; do ip route replace $to dev e2e; done`);
}

/** Sends a datagram, whole or in fragments, with its name as the first word. */
function datagram(name: string, to: string, size: number): string {
  const address = to.includes(':') ? `UDP6-DATAGRAM:[${to}]` : `UDP4-DATAGRAM:${to}`;
  return `printf '%-${size}s' ${name} | socat -b 9000 -u - ${address}:${STRANGE},broadcast,so-bindtodevice=e2e`;
}

describe('what a peer reaches', () => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;
  afterEach(() => {
    cluster.stop();
  });

  test('over IPv4: the listeners, whole packets, and an answer to a ping', async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    cluster.backends.start('udp', ['socat', 'UDP-LISTEN:5300,fork', 'EXEC:cat']);
    const dest = cluster.backends.address;
    const services = {
      0: [{ name: 'echo', dest: `${dest}:7000`, port: PORT }],
      1: [{ name: 'echo', dest: `${dest}:5300`, port: PORT, protocol: 'udp' }],
    };
    pod = await cluster.run(synth(cluster.inventory({ services })));
    // A pod's namespace takes over what the node has set.
    pod.inNetwork('sysctl -qw net.ipv4.conf.all.route_localnet=1');
    pod.inNetwork('ip address add 192.0.2.77/24 dev eth0');
    await listen(pod);
    await hero.up(wgQuick(cluster, hero));
    const elsewhere = ['127.0.0.1', pod.address, '192.0.2.77', '10.42.0.255', '10.1.3.31'];
    const everyone = ['255.255.255.255', '224.0.0.1'];
    await hero.host.must(`
      sysctl -qw net.ipv4.conf.all.route_localnet=1
      ip route delete local 127.0.0.0/8 table local
      ip route delete local 127.0.0.1 table local`);
    await routeInto(
      cluster,
      hero,
      '10.1.3.16/28',
      ...[...elsewhere, ...everyone].map((address) => `${address}/32`),
    );

    expect(await hero.ask(`10.1.3.16:${PORT}`)).toBe('?\n');
    const udp = `echo udp | socat -t 2 - UDP:10.1.3.17:${PORT}`;
    expect((await hero.host.run(udp)).stdout).toBe('udp\n');
    const services2 = ['10.1.3.16', '10.1.3.17'];
    for (const to of [...services2, ...elsewhere, ...everyone]) {
      for (const size of [20, 4000]) {
        await hero.host.run(datagram(`${to}/${size}`, to, size));
      }
    }
    for (const to of [...services2, ...elsewhere]) {
      expect({ to, answer: await hero.ask(`${to}:${STRANGE}`, 1) }).toEqual({ to, answer: '' });
    }
    // The other protocol's listener on the same port, and the other service's.
    expect(await hero.ask(`10.1.3.17:${PORT}`, 1)).toBe('');
    expect(heard(pod)).toEqual([]);

    const ping = async (to: string) =>
      (await hero.host.run(`busybox ping -c 1 -W 1 -I e2e ${to}`)).code === 0;
    expect(await ping('10.1.3.16')).toBe(true);
    for (const to of elsewhere) {
      expect({ to, answers: await ping(to) }).toEqual({ to, answers: false });
    }
    // Others still reach what they reached.
    const { stdout } = await cluster.backends.run(`socat -t 2 - TCP:${pod.address}:${STRANGE}`);
    expect(stdout).toBe('heard\n');
  });

  test('over IPv6: the same', async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, 'fd00:10:1:2::4');
    await serveEcho(cluster.backends, 7000);
    const services = {
      1: [{ name: 'echo', dest: `${cluster.backends.address}:7000`, port: PORT }],
    };
    pod = await cluster.run(synth(cluster.inventory({ network: 'fd00:10:1:3::/120', services })));
    pod.inNetwork('ip address add fd00:99::77/64 dev eth0 nodad');
    await listen(pod);
    await hero.up(wgQuick(cluster, hero, 'fd00:10:1:3::/120'));
    const service = 'fd00:10:1:3::1';
    const elsewhere = ['fd00:42::30', 'fd00:99::77', 'fd00:10:1:3::2'];
    await routeInto(
      cluster,
      hero,
      'fd00:10:1:3::/120',
      ...elsewhere.map((address) => `${address}/128`),
      'ff02::1/128',
      'ff05::2/128',
    );
    const ask = async (to: string, port: number, seconds: number) =>
      (await hero.host.run(`echo ? | socat -t ${seconds} - TCP6:[${to}]:${port},connect-timeout=2`))
        .stdout;
    expect(await ask(service, PORT, 3)).toBe('?\n');
    for (const to of [service, ...elsewhere, 'ff02::1', 'ff05::2']) {
      for (const size of [20, 4000]) {
        await hero.host.run(datagram(`${to}/${size}`, to, size));
      }
    }
    for (const to of [service, ...elsewhere]) {
      expect({ to, answer: await ask(to, STRANGE, 1) }).toEqual({ to, answer: '' });
    }
    expect(heard(pod)).toEqual([]);
    const ping = async (to: string) =>
      (await hero.host.run(`busybox ping -c 1 -W 1 -I e2e ${to}`)).code === 0;
    expect(await ping(service)).toBe(true);
    for (const to of elsewhere) {
      expect({ to, answers: await ping(to) }).toEqual({ to, answers: false });
    }
  });
});

describe('a handshake through the own tunnel', () => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;
  let yen: Peer;
  let held: Held;

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    yen = cluster.peer('yen', 11, '10.1.2.9');
    await serveEcho(cluster.backends, 7000);
    const services = {
      0: [{ name: 'echo', dest: `${cluster.backends.address}:7000`, port: PORT }],
    };
    pod = await cluster.run(synth(cluster.inventory({ services })));
    await hero.up(wgQuick(cluster, hero));
    await yen.up(wgQuick(cluster, yen));
    held = new Held(yen.host, '10.1.3.16', PORT, 20);
    await held.opened(20);
  });
  afterAll(() => {
    held.end();
    cluster.stop();
  });
  afterEach(async () => {
    await hero.host.run('ip link delete nest');
    await hero.down();
    await hero.up(wgQuick(cluster, hero));
  });

  /** A second tunnel of the same peer, whose packets go through the first. */
  async function nest(to: string, route = ''): Promise<void> {
    const allowed = ['10.1.3.16/28', '255.255.255.255/32', '224.0.0.1/32'].join();
    await hero.host.must(`
      wg set e2e peer ${cluster.hostKey.publicKey} allowed-ips ${allowed}
      for to in 255.255.255.255 224.0.0.1; do ip route replace $to dev e2e; done
      ip route replace 10.1.3.16 dev e2e ${route}
      ip link add nest type wireguard 2>/dev/null || wireguard-go nest >/dev/null 2>&1
      wg set nest private-key /etc/wireguard/e2e.key peer ${cluster.hostKey.publicKey} \
        endpoint ${to}:342 allowed-ips 10.1.3.31/32 persistent-keepalive 1
      ip link set nest up`);
  }

  const endpointOf = (peer: Peer) =>
    new RegExp(`^${peer.publicKey.replaceAll('+', '\\+')}\t(.*)$`, 'm').exec(
      pod.inNetwork('wg show wg0 endpoints'),
    )?.[1] ?? '';

  const sent = () => Number(pod.inNetwork('cat /sys/class/net/wg0/statistics/tx_packets'));

  /** Packets a second that go into wg0. */
  async function rate(): Promise<number> {
    const before = sent();
    await sleep(2000);
    return (sent() - before) / 2;
  }

  async function othersAreServed(): Promise<void> {
    await held.look();
    await sleep(2000);
    const seen = await held.look();
    expect(seen).toMatchObject({ open: 20, dropped: 0, echoing: 20 });
    expect(seen.worstMs).toBeLessThan(1000);
  }

  test.each([
    ['to a service address', '10.1.3.16', ''],
    ['to a service address, in fragments', '10.1.3.16', 'mtu lock 100'],
    ['to everyone', '255.255.255.255', ''],
    ['to a group', '224.0.0.1', ''],
  ])('%s is not heard', async (_, to, route) => {
    await until('an endpoint', 10, () => endpointOf(hero) !== '');
    await nest(to, route);
    await sleep(6000);
    expect((await hero.host.run('wg show nest latest-handshakes')).stdout).toMatch(/\t0\n$/);
    expect(endpointOf(hero)).not.toMatch(/^10\.1\.2\./);
    expect(await rate()).toBeLessThan(2000);
    await othersAreServed();
  });

  test('that slips through is no loop, and its endpoint is forgotten', async () => {
    process.kill(pod.init('wireguard'), 'SIGSTOP');
    await hero.down();
    pod.inNetwork(
      `wg set wg0 peer ${hero.publicKey} endpoint 10.1.2.4:51820 persistent-keepalive 1`,
    );
    expect(await rate()).toBeLessThan(2000);
    await othersAreServed();
    process.kill(pod.init('wireguard'), 'SIGCONT');
    await until('the endpoint to be forgotten', 10, () => !endpointOf(hero).startsWith('10.1.2.4'));
    await hero.up(wgQuick(cluster, hero));
    await until('an answer', 20, async () => (await hero.ask(`10.1.3.16:${PORT}`)) === '?\n');
    await othersAreServed();
  });

  test('that became a loop ends, and nobody else is dropped', async () => {
    process.kill(pod.init('wireguard'), 'SIGSTOP');
    pod.inNetwork(`
      ip rule add lookup local priority 0
      ip rule delete priority 0 not iif wg0
      for priority in 30001 30002; do ip rule delete priority $priority; done`);
    await nest('10.1.3.16');
    await until('an endpoint behind wg0', 10, () => endpointOf(hero).startsWith('10.1.2.4:'));
    await hero.host.run('busybox ping -c 3 -W 1 10.1.3.16');
    process.kill(pod.init('wireguard'), 'SIGCONT');
    await until('the loop to end', 15, async () => (await rate()) < 2000);
    await until('the endpoint to be forgotten', 10, () => !endpointOf(hero).startsWith('10.1.2.4'));
    await othersAreServed();
    expect(
      pod.log('wireguard').match(/its endpoint 10\.1\.2\.4:\d+ is behind wg0/g)?.length,
    ).toBeLessThanOrEqual(2);
  });
});
