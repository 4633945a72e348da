import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, synth, wgQuick, type InventoryFile, type Peer } from './harness/cluster';
import { Held, serveEcho } from './harness/held';
import type { Pod } from './harness/pod';
import { until } from './harness/shell';

jest.setTimeout(120_000);

const ADDRESS = '10.1.3.16';

describe('peers that take all they can get', () => {
  let cluster: Cluster;
  let pod: Pod;
  let rick: Peer;
  const hostile: Peer[] = [];

  beforeAll(async () => {
    cluster = new Cluster();
    hostile.push(cluster.peer('hero', 10, '10.1.2.4'), cluster.peer('yen', 11, '10.1.2.9'));
    rick = cluster.peer('rick', 12, '10.1.2.12');
    await serveEcho(cluster.backends, 7000);
    const dest = `${cluster.backends.address}:7000`;
    const services = {
      0: [
        { name: 'echo', dest, port: 7 },
        { name: 'echo', dest, port: 7, protocol: 'udp' },
        { name: 'private', dest, port: 8, protocol: 'udp', peers: ['rick'] },
      ],
    };
    pod = await cluster.run(synth(cluster.inventory({ services })));
    for (const peer of cluster.peers.values()) await peer.up(wgQuick(cluster, peer));
  });
  afterAll(() => {
    cluster.stop();
  });

  const flood = (peer: Peer, port: number) =>
    peer.host.must(
      `${process.execPath} ${join(__dirname, 'harness/flood.mjs')} ${ADDRESS} ${port} 60000`,
    );

  const datagram = async () =>
    (await rick.host.run(`echo ? | socat -t 1 - UDP:${ADDRESS}:7`)).stdout === '?\n';
  const connection = async () => (await rick.ask(`${ADDRESS}:7`, 2)) === '?\n';

  /** Whether both probes said yes, and another peer was served, each second until it is over. */
  async function meanwhile(over: Promise<unknown>) {
    const seen = { asked: 0, datagrams: 0, connections: 0, live: 0, ready: 0 };
    const state = { ended: false };
    void over.finally(() => (state.ended = true));
    while (!state.ended) {
      seen.asked++;
      seen.live += Number((await pod.probe('nginx', 'livenessProbe')).code === 0);
      seen.ready += Number((await pod.probe('nginx', 'readinessProbe')).code === 0);
      seen.connections += Number(await connection());
      seen.datagrams += Number(await datagram());
      await sleep(500);
    }
    await over;
    return seen;
  }

  /** Whether so many are counted: at once, while they are said once a minute. */
  const sums = async (what: string) =>
    `${pod.log('nginx')}${(await pod.exec('nginx', ['cat', '/run/nginx/refusals'])).stdout}`
      .split('\n')
      .some((line) => line.includes(what) && !line.includes('sent='));
  const lines = () => pod.log('nginx').split('\n').length;

  test('datagrams to a service that is for others: refused, and summed up', async () => {
    const before = lines();
    await Promise.all(hostile.map((peer) => flood(peer, 8)));
    await until('the sum', 10, () => sums('status=403 peer=yen service=private'));
    expect(lines() - before).toBeLessThan(20);
  });

  test('datagrams from 60,000 ports of two peers: nobody else notices', async () => {
    const held = new Held(rick.host, ADDRESS, 7, 50);
    await held.opened(50);
    const before = lines();
    const floods = Promise.all(hostile.map((peer) => flood(peer, 7)));
    const seen = await meanwhile(floods.then(() => sleep(5000)));
    expect(seen).toMatchObject({ live: seen.asked, ready: seen.asked, connections: seen.asked });
    expect(seen.datagrams).toBeGreaterThanOrEqual(seen.asked - 1);
    expect(await held.look()).toMatchObject({ open: 50, dropped: 0, echoing: 50 });
    await until('the sum', 10, () => sums('status=503 peer=hero service=echo'));
    expect(lines() - before).toBeLessThan(200);
    held.end();
  });
});

describe('a peer that opens all the connections it can', () => {
  let cluster: Cluster;
  afterAll(() => {
    cluster.stop();
  });

  test('has as many as it may; others, held connections and probes do not notice', async () => {
    cluster = new Cluster();
    const hero = cluster.peer('hero', 10, '10.1.2.4');
    const rick = cluster.peer('rick', 12, '10.1.2.12');
    await serveEcho(cluster.backends, 7000);
    const dest = `${cluster.backends.address}:7000`;
    const services = {
      0: [
        { name: 'echo', dest, port: 7 },
        { name: 'echo', dest, port: 7, protocol: 'udp' },
      ],
    };
    const pod = await cluster.run(synth(cluster.inventory({ services, connectionsPerPeer: 500 })));
    for (const peer of cluster.peers.values()) await peer.up(wgQuick(cluster, peer));
    const others = new Held(rick.host, ADDRESS, 7, 50);
    await others.opened(50);
    const held = new Held(hero.host, ADDRESS, 7, 3000, 5000);
    await until('the rest to be refused', 30, async () => (await held.look()).dropped >= 2500);
    expect((await held.look()).open - (await held.look()).dropped).toBe(500);
    expect(await rick.ask(`${ADDRESS}:7`)).toBe('?\n');
    expect((await pod.probe('nginx', 'livenessProbe')).code).toBe(0);
    expect(await pod.ready()).toBe(true);
    expect(await others.look()).toMatchObject({ open: 50, dropped: 0 });
    await until('a sum', 5, () =>
      /refused \d+ times: status=503 peer=hero service=echo protocol=TCP/.test(pod.log('nginx')),
    );
    expect(pod.log('nginx')).not.toMatch(/status=503 sent|limiting|not enough/);
    held.end();
    await until('an answer', 10, async () => (await hero.ask(`${ADDRESS}:7`)) === '?\n');
    // Half of them may be UDP sessions, and leave the rest to TCP.
    await hero.host.must(
      `${process.execPath} ${join(__dirname, 'harness/flood.mjs')} ${ADDRESS} 7 2000`,
    );
    const sessions = pod.inNetwork(`ss -Hanu dst ${cluster.backends.address}:7000`);
    expect(sessions.trim().split('\n')).toHaveLength(250);
    expect(await hero.ask(`${ADDRESS}:7`)).toBe('?\n');
    others.end();
  });
});

describe('workers that are killed', () => {
  let cluster: Cluster;
  afterAll(() => {
    cluster.stop();
  });

  test('leave no connection counted against its peer', async () => {
    cluster = new Cluster();
    const hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    const dest = `${cluster.backends.address}:7000`;
    const services = { 0: [{ name: 'echo', dest, port: 7 }] };
    const pod = await cluster.run(synth(cluster.inventory({ services, connectionsPerPeer: 10 })));
    await hero.up(wgQuick(cluster, hero));
    const held = new Held(hero.host, ADDRESS, 7, 10);
    await held.opened(10);
    expect(await hero.ask(`${ADDRESS}:7`)).toBe('');
    const workers = "grep -l '^nginx: worker' /proc/[0-9]*/cmdline | cut -d / -f 3";
    await pod.exec('nginx', ['sh', '-c', `kill -KILL $(${workers})`]);
    await until('their end', 10, async () => (await held.look()).dropped === 10);
    await until('an answer', 15, async () => (await hero.ask(`${ADDRESS}:7`)) === '?\n');
    expect(pod.log('nginx').match(/connections are counted anew/g)).toHaveLength(1);
    await pod.becomesReady();
    held.end();
  });
});

const FILES = Number(process.env.FILES ?? 1000);

describe('several peers that open all the connections they can', () => {
  let cluster: Cluster;
  afterAll(() => {
    cluster.stop();
  });

  test(`leave room for others, where a process may open ${FILES} files`, async () => {
    cluster = new Cluster();
    const hostile = [4, 5, 6, 7].map((n) => cluster.peer(`hostile${n}`, n, `10.1.2.${n}`));
    const rick = cluster.peer('rick', 12, '10.1.2.12');
    await serveEcho(cluster.backends, 7000);
    const echo = [{ name: 'echo', dest: `${cluster.backends.address}:7000`, port: 7 }];
    const pod = await cluster.run(synth(cluster.inventory({ services: { 0: echo } })));
    await pod.exec('nginx', ['prlimit', '--pid=1', `--nofile=${FILES}:${FILES}`]);
    pod.mountConfiguration(synth(cluster.inventory({ services: { 0: echo, 1: echo } })));
    await pod.becomesReady();
    for (const peer of cluster.peers.values()) await peer.up(wgQuick(cluster, peer));
    const others = new Held(rick.host, ADDRESS, 7, 10);
    await others.opened(10);
    const held = hostile.map((peer) => new Held(peer.host, ADDRESS, 7, FILES, 60_000));
    const tried = async () => {
      const all = await Promise.all(held.map((one) => one.look()));
      return all.every(({ open }) => open >= FILES);
    };
    await until('all to have been tried', 90, tried);
    const begin = Date.now();
    const isServed = async () => (await rick.ask(`${ADDRESS}:7`)) === '?\n';
    await until('another to be served', 5, isServed);
    console.info(`served after ${(Date.now() - begin) / 1000} s`);
    for (let i = 0; i < 20; i++) expect(await isServed()).toBe(true);
    expect((await pod.probe('nginx', 'livenessProbe')).code).toBe(0);
    const seen = await Promise.all(held.map((one) => one.look()));
    const has = seen.map(({ open, dropped }) => open - dropped);
    console.info(`they have ${has.join()}`);
    expect(Math.max(...has)).toBeLessThanOrEqual(Math.min(((FILES - 68) * 3) / 5, 10_000));
    expect(await others.look()).toMatchObject({ open: 10, dropped: 0, echoing: 10 });
    expect(pod.log('nginx').match(/connections are taken/g)?.length).toBeLessThanOrEqual(3);
    for (const all of held) all.end();
    others.end();
  });
});

describe('a pod that is full', () => {
  let cluster: Cluster;
  afterAll(() => {
    cluster.stop();
  });

  test('answers its probes, restarts nothing, and serves again', async () => {
    cluster = new Cluster();
    const hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    const dest = `${cluster.backends.address}:7000`;
    const echo = [{ name: 'echo', dest, port: 7 }];
    const connectionsPerPeer = 26_000;
    const manifests = (services: InventoryFile) =>
      synth(cluster.inventory({ services, connectionsPerPeer }));
    const pod = await cluster.run(manifests({ 0: echo }));
    // From here on 200 files for each worker: it holds 65 clients beside three listeners.
    await pod.exec('nginx', ['prlimit', '--pid=1', '--nofile=200:200']);
    pod.mountConfiguration(manifests({ 0: echo, 1: echo }));
    await pod.becomesReady();
    await hero.up(wgQuick(cluster, hero));
    const held = new Held(hero.host, ADDRESS, 7, 1000, 2000);
    await until('the rest to be refused', 30, async () => (await held.look()).dropped >= 870);
    const { open, dropped } = await held.look();
    expect({ open, dropped }).toEqual({ open: 1000, dropped: 870 });
    expect((await pod.probe('nginx', 'livenessProbe')).code).toBe(0);
    expect(await pod.ready()).toBe(true);
    expect(pod.log('nginx')).not.toMatch(/not enough|Too many open files/);
    held.end();
    await until('an answer', 10, async () => (await hero.ask(`${ADDRESS}:7`)) === '?\n');
  });
});
