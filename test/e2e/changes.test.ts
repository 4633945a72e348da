import { Cluster, synth, wgQuick, type Peer } from './harness/cluster';
import { Held, serveEcho } from './harness/held';
import type { Pod } from './harness/pod';
import { sh, until } from './harness/shell';

jest.setTimeout(300_000);

const CHANGES = Number(process.env.CHANGES ?? 12);

describe('many changes, with connections held over each', () => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;
  let versions: readonly [string, string];
  const held: Held[] = [];

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    const dest = `${cluster.backends.address}:7000`;
    const echo = [{ name: 'echo', dest, port: 7 }];
    versions = [
      synth(cluster.inventory({ services: { 0: echo } })),
      synth(cluster.inventory({ services: { 0: echo, 1: echo } })),
    ];
    pod = await cluster.run(versions[0]);
    await hero.up(wgQuick(cluster, hero));
    await until('an answer', 10, async () => (await hero.ask('10.1.3.16:7')) === '?\n');
  });
  afterAll(() => {
    cluster.stop();
  });

  const hold = async () => {
    const connections = new Held(hero.host, '10.1.3.16', 7, 4, 1000);
    held.push(connections);
    await connections.opened(4);
  };
  let version = 0;
  const change = async () => {
    pod.mountConfiguration(versions[++version % 2 ? 1 : 0]);
    await pod.becomesReady();
  };

  /** Megabytes that belong to nginx's processes and to no other, page tables included; and how many there are. */
  function nginx(): { megabytes: number; processes: number } {
    const sizes = sh(
      `for pid in $(ip netns pids ${pod.name}); do
        grep -q '^nginx:' /proc/$pid/cmdline || continue
        awk '/^(Private_Dirty|VmPTE):/ { sum += $2 } END { print sum }' /proc/$pid/smaps_rollup /proc/$pid/status
      done`,
    )
      .trim()
      .split('\n')
      .map(Number);
    return {
      megabytes: sizes.reduce((sum, size) => sum + size, 0) / 1000,
      processes: sizes.length,
    };
  }

  test(`${CHANGES} changes drop none of 4 connections opened before each, and take a few MB each`, async () => {
    const before = nginx();
    for (let i = 0; i < CHANGES; i++) {
      await hold();
      await change();
    }
    const after = nginx();
    console.info(`${CHANGES} changes: from ${before.megabytes} MB to ${after.megabytes} MB`);
    for (const connections of held)
      expect(await connections.look()).toMatchObject({ open: 4, dropped: 0, echoing: 4 });
    // 60 of them under 200 MB.
    expect(after.megabytes - before.megabytes).toBeLessThan((200 * CHANGES) / 60);
  });

  test('when they take too much, the oldest end, with a word in the log', async () => {
    const [oldest] = held;
    const others = held.slice(1);
    // As if the oldest worker were as large as all may be together.
    await pod.exec('nginx', ['sed', '-i', '1s/ .*/ 262144/', '/run/nginx/retired']);
    await change();
    await until('their end', 10, async () => Number((await oldest?.look())?.dropped) > 0);
    for (const connections of others)
      expect(await connections.look()).toMatchObject({ open: 4, dropped: 0, echoing: 4 });
    expect(pod.log('nginx').match(/ended the oldest connections/g)).toHaveLength(1);
    expect(await hero.ask('10.1.3.16:7')).toBe('?\n');
  });
});
