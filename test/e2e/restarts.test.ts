import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, synth, wgQuick, type Peer } from './harness/cluster';
import { Held, serveEcho } from './harness/held';
import type { Pod } from './harness/pod';
import { sh, until } from './harness/shell';
import { inKernel } from './harness/wireguard';

jest.setTimeout(60_000);

describe('container restarts', () => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;
  let versions: readonly [string, string];

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    const slow = [
      'socat',
      '-t10',
      'TCP-LISTEN:7001,fork,reuseaddr',
      'SYSTEM:echo begun; sleep 3; echo done',
    ];
    cluster.backends.start('slow', slow);
    const services = {
      0: [{ name: 'echo', dest: `${cluster.backends.address}:7000`, port: 7 }],
      1: [{ name: 'slow', dest: `${cluster.backends.address}:7001`, port: 7 }],
    };
    const more = { ...services, 2: services[0] };
    versions = [
      synth(cluster.inventory({ services })),
      synth(cluster.inventory({ services: more })),
    ];
    pod = await cluster.run(versions[0]);
    await hero.up(wgQuick(cluster, hero));
  });
  afterAll(() => {
    cluster.stop();
  });

  /** The pod serves, knows no other state than the files', and runs nothing left over. */
  async function hasConverged(): Promise<void> {
    await pod.becomesReady();
    // wireguard-go takes its sessions along; the peer would notice after 15 s.
    await hero.down();
    await hero.up(wgQuick(cluster, hero));
    await until('an answer', 10, async () => (await hero.ask('10.1.3.16:7')) === '?\n');
    for (const name of ['wireguard', 'nginx']) {
      expect(pod.log(name)).not.toMatch(/File exists|Address already in use/);
    }
    const expected = [
      '/bin/sh /wireguard/init.sh',
      '/bin/sh /wireguard/proxy.sh',
      'nginx: master process',
      'nginx: worker process',
      'nginx: worker process',
      ...(inKernel ? [] : ['wireguard-go -f wg0']),
    ];
    const found = () =>
      sh(
        `for pid in $(ip netns pids ${pod.name}); do tr '\\0' ' ' </proc/$pid/cmdline || true; echo; done`,
      )
        .split('\n')
        .map((line) => line.trim().replace(/(?<=^nginx: \w+ process) .*/, ''))
        .filter((line) => /^(nginx|wireguard-go|\/bin\/sh)/.test(line))
        .sort();
    // A worker that a reload retired needs a moment.
    await until('no leftover process', 5, () => found().join() === expected.join()).catch(
      () => undefined,
    );
    expect(found()).toEqual(expected);
  }

  test.each([
    ['wireguard', 'SIGTERM'],
    ['wireguard', 'SIGKILL'],
    ['nginx', 'SIGTERM'],
    ['nginx', 'SIGKILL'],
  ] as const)('%s ended by %s', async (name, signal) => {
    await pod.stop(name, signal);
    pod.start(name);
    await hasConverged();
  });

  test.each([
    ['nginx', 'wireguard'],
    ['wireguard', 'nginx'],
  ] as const)('both killed, %s comes back before %s', async (first, second) => {
    await pod.stop('wireguard', 'SIGKILL');
    await pod.stop('nginx', 'SIGKILL');
    pod.start(first);
    await sleep(2500);
    pod.start(second);
    await hasConverged();
  });

  test.each([
    ['nginx', 0],
    ['wireguard', 0],
    ['nginx', 700],
    ['wireguard', 700],
  ] as const)('%s killed %i ms after new files were mounted', async (name, delay) => {
    for (const manifests of [versions[1], versions[0]]) {
      pod.mountConfiguration(manifests);
      await sleep(delay);
      await pod.stop(name, 'SIGKILL');
      pod.start(name);
      await hasConverged();
    }
    expect(pod.inNetwork('ip address show dev wg0')).not.toContain('10.1.3.18');
  });

  test('nginx comes back with the last good file while a broken one is mounted', async () => {
    pod.mountFiles({ 'nginx.cfg': 'broken' });
    await pod.stop('nginx', 'SIGKILL');
    pod.start('nginx');
    await until('an answer', 10, async () => (await hero.ask('10.1.3.16:7')) === '?\n');
    expect((await pod.probe('nginx', 'readinessProbe')).code).toBe(1);
    expect((await pod.probe('nginx', 'livenessProbe')).code).toBe(0);
    pod.mountConfiguration(versions[0]);
    await hasConverged();
  });

  test('a pod that is told to end lets connections finish', async () => {
    const answer = hero.ask('10.1.3.17:7', 8);
    await until('a connection', 5, () => pod.inNetwork('ss -Hnt').includes(':7001'));
    const begin = Date.now();
    await Promise.all([pod.stop('wireguard', 'SIGTERM'), pod.stop('nginx', 'SIGTERM')]);
    expect(await answer).toBe('begun\ndone\n');
    expect(Date.now() - begin).toBeLessThan(8000);
    pod.start();
    await hasConverged();
  });
});

describe('an image that has to install its tools', () => {
  let cluster: Cluster;
  afterAll(() => {
    cluster.stop();
  });

  test('says that it waits for the network, and installs once in the life of a pod', async () => {
    cluster = new Cluster();
    const hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    const services = { 0: [{ name: 'echo', dest: `${cluster.backends.address}:7000`, port: 7 }] };
    const images = { wireguard: 'alpine:3.24.1' };
    const pod = await cluster.run(synth(cluster.inventory({ services, images })));
    await hero.up(wgQuick(cluster, hero));
    expect(await hero.ask('10.1.3.16:7')).toBe('?\n');
    expect(pod.log('wireguard')).toContain(
      'wireguard: waiting for the network: apk could not install',
    );
    expect((await pod.probe('wireguard', 'readinessProbe')).code).toBe(0);

    await pod.stop('wireguard', 'SIGKILL');
    pod.start('wireguard');
    await pod.becomesReady();
    expect(pod.log('wireguard').match(/apk runs/g)).toHaveLength(2);

    // A tool that is lost comes back, whether the container restarts or not.
    for (const [tool, restart] of [
      ['/tools/sbin/ip', true],
      ['/tools/usr/bin/wg', true],
      ['/tools/usr/bin/wg', false],
      ['/tools/sbin/ip', false],
    ] as const) {
      expect((await pod.exec('wireguard', ['rm', tool])).code).toBe(0);
      if (restart) {
        await pod.stop('wireguard', 'SIGKILL');
        pod.start('wireguard');
      }
      await until(`${tool}: back`, 15, async () => {
        return (await pod.exec('wireguard', ['ls', tool])).code === 0;
      });
      await pod.becomesReady(10);
    }
    expect((await pod.probe('wireguard', 'livenessProbe')).code).toBe(0);
  });
});

describe('a wg0 that outlives its container, as the kernel’s does', () => {
  let cluster: Cluster;
  afterAll(() => {
    cluster.stop();
  });

  test('is taken over as it is: no connection notices', async () => {
    cluster = new Cluster();
    const hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    const services = { 0: [{ name: 'echo', dest: `${cluster.backends.address}:7000`, port: 7 }] };
    const manifests = synth(cluster.inventory({ services, userspace: false }));
    const pod = cluster.pod(manifests, 30);
    if (!inKernel) pod.inNetwork('wireguard-go wg0 >/dev/null 2>&1');
    cluster.program([30]);
    pod.start();
    await pod.becomesReady();
    await hero.up(wgQuick(cluster, hero));
    const held = new Held(hero.host, '10.1.3.16', 7, 50);
    await held.opened(50);

    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      await pod.stop('wireguard', signal);
      pod.start('wireguard');
      await pod.becomesReady();
    }
    await sleep(1000);
    const { open, dropped, worstMs } = await held.look();
    expect({ open, dropped }).toEqual({ open: 50, dropped: 0 });
    expect(worstMs).toBeLessThan(1000);
    held.end();
  });
});
