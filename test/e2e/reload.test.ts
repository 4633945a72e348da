import { createInterface } from 'node:readline';
import { Cluster, synth, wgQuick, type InventoryFile, type Peer } from './harness/cluster';
import { Held, serveEcho } from './harness/held';
import type { Pod } from './harness/pod';
import { servePostgres } from './harness/postgres';
import { until } from './harness/shell';

jest.setTimeout(120_000);

/** What a change may take, from the swap of the files to being in force. */
const SECONDS = 10;

describe('a change while 200 connections and a transaction are open', () => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;
  let yen: Peer;
  let rick: Peer;
  let held: Held;
  const files: Record<string, string> = {};
  const base = {
    0: [{ name: 'echo', dest: 'echo.test.svc.cluster.local:7000', port: 7 }],
    1: [{ name: 'postgresql', dest: 'postgresql.test.svc.cluster.local:5432', port: 5432 }],
  };

  /** Mounts what an inventory gives, and waits until the pod says it is in force. */
  async function change(inventory: InventoryFile): Promise<number> {
    const manifests = synth(cluster.inventory(inventory));
    const begin = Date.now();
    pod.mountConfiguration(manifests);
    await pod.becomesReady(SECONDS);
    return (Date.now() - begin) / 1000;
  }

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    yen = cluster.peer('yen', 11, '10.1.2.9');
    rick = cluster.peer('rick', 12, '10.1.2.12');
    for (const peer of cluster.peers.values()) files[peer.host.name] = wgQuick(cluster, peer);
    await servePostgres(cluster.backends);
    await serveEcho(cluster.backends, 7000);
    cluster.backends.start('other', [
      'socat',
      'TCP-LISTEN:7001,fork,reuseaddr',
      'SYSTEM:echo other',
    ]);
    cluster.resolve({
      'echo.test.svc.cluster.local': cluster.backends.address,
      'postgresql.test.svc.cluster.local': cluster.backends.address,
    });
    cluster.peers.delete('rick');
    pod = await cluster.run(synth(cluster.inventory({ services: base })));
    for (const peer of [hero, yen, rick]) await peer.up(files[peer.host.name] ?? '');
    held = new Held(hero.host, '10.1.3.16', 7, 200);
    await held.opened(200);
  });
  afterAll(() => {
    held.end();
    cluster.stop();
  });

  test('adds a peer and a service, changes a destination, removes a peer and a service', async () => {
    const psql = hero.host.talk(['psql', '-qAt', '-h', '10.1.3.17', '-U', 'postgres', 'shop']);
    if (!psql.stdout) throw new Error('no output');
    const answers = createInterface({ input: psql.stdout });
    const query = async (sql: string) => {
      const answer = new Promise<string>((resolve) => answers.once('line', resolve));
      psql.stdin?.write(`${sql}\n`);
      return answer;
    };
    expect(await query('begin; select txid_current() > 0;')).toBe('t');
    expect(await rick.ask('10.1.3.16:7')).toBe('');

    cluster.peers.set('rick', rick);
    await change({
      services: {
        ...base,
        2: [{ name: 'new', dest: `${cluster.backends.address}:7000`, port: 80 }],
      },
    });
    await until(
      'the new peer at the new service',
      SECONDS,
      async () => (await rick.ask('10.1.3.18:80')) === '?\n',
    );

    const moved = { name: 'new', dest: `${cluster.backends.address}:7001`, port: 80 };
    await change({ services: { ...base, 2: [moved] } });
    await until(
      'the new destination',
      SECONDS,
      async () => (await yen.ask('10.1.3.18:80')) === 'other\n',
    );

    cluster.peers.delete('yen');
    await change({ services: base });
    expect(await rick.ask('10.1.3.18:80')).toBe('');
    expect(await yen.ask('10.1.3.16:7')).toBe('');
    expect(pod.inNetwork('wg show wg0 peers')).not.toContain(yen.publicKey);
    expect(pod.inNetwork('ip route; ip address show dev wg0')).not.toMatch(
      /10\.1\.2\.9|10\.1\.3\.18/,
    );

    expect(
      await query('select count(*) from pg_stat_activity where backend_xid is not null;'),
    ).toBe('1');
    const seen = await held.look();
    expect(seen).toMatchObject({ open: 200, dropped: 0 });
    expect(seen.worstMs).toBeLessThan(2000);
  });

  test.each([
    [
      'nginx.cfg',
      'nginx',
      'stream { server { listen } }',
      /not applied, what ran goes on: .*candidate.nginx\.cfg/,
    ],
    [
      'wg0.cfg',
      'wireguard',
      '[Interface]\nPrivateKey = /wireguard-key/private-key\n[Peer]\nPublicKey = short\n',
      /not applied: .*short/,
    ],
    ['wg0.ip', 'wireguard', 'address replace nonsense dev wg0\n', /not applied: .*nonsense/],
  ])(
    'refuses a broken %s, says so, and heals with the next good file',
    async (file, container, content, message) => {
      pod.mountFiles({ [file]: content });
      await until('a refusal in the log', SECONDS, () => message.test(pod.log(container)));
      const probe = await pod.probe(container, 'readinessProbe');
      expect(probe).toMatchObject({
        code: 1,
        stdout: 'the mounted files are not in force: the log says why\n',
      });
      expect(await hero.ask('10.1.3.16:7')).toBe('?\n');
      expect(pod.log(container).match(new RegExp(message, 'g'))).toHaveLength(1);
      await change({ services: base });
      expect(await held.look()).toMatchObject({ open: 200, dropped: 0 });
    },
  );

  test('a change of the DNS servers alone reaches nginx', async () => {
    const resolver = async () =>
      (await pod.exec('nginx', ['cat', '/run/nginx/current/resolver.cfg'])).stdout;
    const reloads = () => pod.log('nginx').match(/signal 1 \(SIGHUP\)/g)?.length ?? 0;
    const before = reloads();
    expect(await resolver()).toMatch(/^resolver 10\.42\.0\.10 /);
    await change({ services: base, resolver: ['10.42.0.11'] });
    expect(await resolver()).toMatch(/^resolver 10\.42\.0\.11 /);
    await until('a reload', SECONDS, () => reloads() === before + 1);
    await change({ services: base });
  });
});

describe('a configuration that takes several ConfigMaps', () => {
  let cluster: Cluster;
  afterAll(() => {
    cluster.stop();
  });

  /** 6,000 peers beside one that connects; what they are called moves where files are cut. */
  const crowd = (prefix: string) =>
    Object.fromEntries(
      Array.from({ length: 6000 }, (_, i) => {
        const key = Buffer.alloc(32);
        key.writeUInt32BE(i + 1);
        const name = `${prefix}-${i}`;
        return [`10.100.${i >> 8}.${i & 255}`, { name, pubkey: key.toString('base64') }];
      }),
    );

  test('waits until all of them are of one version', async () => {
    cluster = new Cluster();
    const hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    const services = { 0: [{ name: 'echo', dest: `${cluster.backends.address}:7000`, port: 7 }] };
    const peers = (prefix: string) => ({
      '10.1.2.4': { name: 'hero', pubkey: hero.publicKey },
      ...crowd(prefix),
    });
    const pod = await cluster.run(synth(cluster.inventory({ services, peers: peers('peer') })));
    await hero.up(wgQuick(cluster, hero));
    await until('an answer', 10, async () => (await hero.ask('10.1.3.16:7')) === '?\n');
    const before = pod.inNetwork('wg show wg0 allowed-ips | sort');
    expect(before.split('\n')).toHaveLength(6002);

    const changed = synth(cluster.inventory({ services, peers: peers('pier') }));
    pod.mountOneConfigMap('wireguard', changed);
    for (const container of ['wireguard', 'nginx']) {
      await until('the reason in the log', SECONDS, () =>
        pod.log(container).includes('the ConfigMaps are of different versions'),
      );
    }
    expect(pod.inNetwork('wg show wg0 allowed-ips | sort')).toBe(before);
    expect(await hero.ask('10.1.3.16:7')).toBe('?\n');

    pod.mountConfiguration(changed);
    await pod.becomesReady(20);
    expect(await hero.ask('10.1.3.16:7')).toBe('?\n');
  });
});
