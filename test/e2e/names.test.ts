import { Cluster, synth, wgQuick, type Peer } from './harness/cluster';
import { serveEcho } from './harness/held';
import type { Pod } from './harness/pod';
import { sh, until } from './harness/shell';

jest.setTimeout(120_000);

describe('names of destinations', () => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;
  const one = 'echo.test.svc.cluster.local';

  /** How long a connection by name takes to fail, in seconds. */
  async function secondsToFail(target: string): Promise<number> {
    const begin = Date.now();
    expect(await hero.ask(target, 25)).toBe('');
    return (Date.now() - begin) / 1000;
  }

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    cluster.dns.start('moved', ['socat', 'TCP-LISTEN:7000,fork,reuseaddr', 'SYSTEM:echo moved']);
    const services = {
      0: [{ name: 'by-name', dest: `${one}:7000`, port: 7 }],
      1: [{ name: 'missing', dest: 'missing.test.svc.cluster.local:7000', port: 7 }],
      2: [{ name: 'by-address', dest: `${cluster.backends.address}:7000`, port: 7 }],
    };
    const manifests = synth(cluster.inventory({ services }));
    pod = await cluster.run(manifests);
    await hero.up(wgQuick(cluster, hero));
  });
  afterAll(() => {
    cluster.stop();
  });

  test('no DNS server at the start: everything starts, and what needs no name works', async () => {
    expect(await hero.ask('10.1.3.18:7')).toBe('?\n');
    expect(await secondsToFail('10.1.3.16:7')).toBeLessThan(7);
  });

  test('once it is there, names work; one that does not exist stops nothing', async () => {
    cluster.resolve({ [one]: cluster.backends.address });
    await until('an answer', 15, async () => (await hero.ask('10.1.3.16:7')) === '?\n');
    expect(await secondsToFail('10.1.3.17:7')).toBeLessThan(2);
    expect(await hero.ask('10.1.3.16:7')).toBe('?\n');
    expect(await pod.ready()).toBe(true);
  });

  /** Answers of new connections, enough for both workers to have had one: each has a cache. */
  async function answers(): Promise<Set<string>> {
    const asked = Array.from({ length: 10 }, () => hero.ask('10.1.3.16:7'));
    return new Set((await Promise.all(asked)).map((answer) => answer.trim()));
  }

  test('a name that moves is followed within 60 s', async () => {
    expect(await answers()).toEqual(new Set(['?']));
    cluster.resolve({ [one]: cluster.dns.address });
    const begin = Date.now();
    await until('the new address', 63, async () => {
      const now = await answers();
      return now.size === 1 && now.has('moved');
    });
    console.info(`followed after ${(Date.now() - begin) / 1000} s`);
  });

  test('a server that swallows queries costs a client about 5 s, and others nothing', async () => {
    sh('ip -n dns link set eth0 down');
    const seconds = await secondsToFail('10.1.3.17:7');
    expect(seconds).toBeGreaterThan(3);
    expect(seconds).toBeLessThan(7);
    expect(await hero.ask('10.1.3.18:7')).toBe('?\n');
    expect(await pod.ready()).toBe(true);
  });
});
