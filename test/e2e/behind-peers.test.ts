import { join } from 'node:path';
import { Cluster, synth, wgQuick, type Peer } from './harness/cluster';
import { serveEcho } from './harness/held';
import type { Pod } from './harness/pod';
import { sh, until } from './harness/shell';

jest.setTimeout(120_000);

/** Where the destination listens behind its peer. */
const PORT = 7000;
/** A port from which Linux connects. */
const EPHEMERAL = 45_000;
const EAR = '/run/e2e/ear.log';

describe.each([
  {
    family: 'IPv4',
    network: '10.1.3.16/28',
    service: '10.1.3.16',
    routed: '10.1.3.17',
    other: '10.1.3.18',
    host: '10.1.2.4',
    behind: '10.9.0.5',
    router: '10.9.0.0/24',
    client: '10.1.2.9',
  },
  {
    family: 'IPv6',
    network: 'fd00:3::10/124',
    service: 'fd00:3::10',
    routed: 'fd00:3::11',
    other: 'fd00:3::12',
    host: 'fd00:2::4',
    behind: 'fd00:9::5',
    router: 'fd00:9::/64',
    client: 'fd00:2::9',
  },
])('a destination behind a peer, over $family', (at) => {
  let cluster: Cluster;
  let pod: Pod;
  let host: Peer;
  let client: Peer;
  const bracketed = (address: string) => (address.includes(':') ? `[${address}]` : address);

  beforeAll(async () => {
    cluster = new Cluster();
    host = cluster.peer('host', 10, at.host);
    client = cluster.peer('client', 11, at.client);
    const dest = `${bracketed(at.host)}:${PORT}`;
    await serveEcho(cluster.backends, PORT);
    pod = await cluster.run(
      synth(
        cluster.inventory({
          network: at.network,
          peers: {
            [at.host]: { name: 'host', pubkey: host.publicKey, allowedIPs: [at.router] },
            [at.client]: { name: 'client', pubkey: client.publicKey },
          },
          services: {
            0: [
              { name: 'host', dest, port: 7 },
              { name: 'host', dest, port: 7, protocol: 'udp' },
            ],
            1: [{ name: 'routed', dest: `${bracketed(at.behind)}:${PORT}`, port: 7 }],
            2: [{ name: 'other', dest: `${cluster.backends.address}:${PORT}`, port: 8 }],
          },
        }),
      ),
    );
    await host.host.must(
      `ip address add ${at.behind} dev lo ${at.behind.includes(':') ? 'nodad' : ''}`,
    );
    await serveEcho(host.host, PORT);
    await host.up(wgQuick(cluster, host, at.network));
    await client.up(wgQuick(cluster, client, at.network));
    await until(
      'a handshake',
      20,
      async () => (await client.ask(`${bracketed(at.other)}:8`)) === '?\n',
    );
  });
  afterAll(() => {
    cluster.stop();
  });

  const datagram = (to: string) =>
    client.host.run(`echo udp | socat -t 2 - UDP:${bracketed(to)}:7`).then(({ stdout }) => stdout);

  test('serves, over TCP and UDP, at the address of the peer and in its network', async () => {
    await until(
      'an answer',
      20,
      async () => (await client.ask(`${bracketed(at.service)}:7`)) === '?\n',
    );
    expect(await datagram(at.service)).toBe('udp\n');
    expect(await client.ask(`${bracketed(at.routed)}:7`)).toBe('?\n');
    expect(pod.log('wireguard')).not.toMatch(/changed by someone|not applied/);
  });

  test('that sends more than answers reaches nothing by it', async () => {
    const listening = () =>
      pod.inNetwork('ss -Hlntu').match(new RegExp(`:${EPHEMERAL}\\b`, 'g'))?.length ?? 0;
    pod.inNetwork(
      `setsid ${process.execPath} ${join(__dirname, 'harness/ear.mjs')} ${EPHEMERAL} >>${EAR} 2>&1 </dev/null &`,
    );
    await until('the ear', 10, () => listening() >= 2);
    const shut = () => {
      const rules = pod.inNetwork(`ip rule; ip -6 rule`);
      const open = (last: number) => rules.includes(`sport ${PORT} dport 32768-${last} `);
      return open(EPHEMERAL - 1) && !open(60_999);
    };
    await until('the port to be shut', 10, shut);
    sh(`for pid in $(ip netns pids host); do
      if grep -q echo.mjs /proc/$pid/cmdline; then kill -9 $pid; fi
    done`);
    await host.host.must(`ip route replace ${pod.address} dev e2e`);
    const from = (source: string, to: string, port: number) => {
      const end = `${bracketed(to)}:${port},bind=${bracketed(source)}:${PORT},reuseaddr`;
      return host.host.run(
        `printf '${source} ${to}' | socat -t 1 - UDP:${end}; echo ? | socat -t 1 - TCP:${end},connect-timeout=2`,
      );
    };
    for (const source of [at.host, at.behind])
      for (const to of [at.service, at.routed, at.other])
        expect((await from(source, to, EPHEMERAL)).stdout).toBe('');
    expect(pod.inNetwork(`cat ${EAR}`)).toBe('');
    // Nor WireGuard's own port, nor a listener that is another service's.
    expect((await from(at.host, at.service, 342)).stdout).toBe('');
    expect((await from(at.host, at.service, 8)).stdout).toBe('');
    await until(
      'what peers may reach',
      5,
      async () => (await from(at.host, at.other, 8)).stdout === '?\n',
    );
  });
});
