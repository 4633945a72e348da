import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Cluster,
  NAMESERVER,
  synth,
  wgQuick,
  type InventoryFile,
  type Peer,
} from './harness/cluster';
import { serveEcho } from './harness/held';
import { Host } from './harness/host';
import { address, address6 } from './harness/network';
import type { Pod } from './harness/pod';
import { until } from './harness/shell';

jest.setTimeout(120_000);

const FAILING = [undefined, 'nxdomain', 'servfail', 'refused', 'silent'];

type Records = Readonly<Record<string, Readonly<Record<string, string | number | undefined>>>>;

describe('DNS in bad shape, in a pod with both families', () => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;
  let elsewhere: Host;
  let services: InventoryFile;
  const records = (more: Records = {}) => {
    const A = address('pods', 20);
    const AAAA = address6('pods', 20);
    const all: Records = {
      ...Object.fromEntries<Records[string]>(
        FAILING.flatMap((how = 'none') => {
          const fails = how === 'none' ? undefined : how;
          return [
            [`a-${how}.test.example`, { A, AAAA: fails }],
            [`aaaa-${how}.test.example`, { A: fails, AAAA }],
          ];
        }),
      ),
      'both.test.example': { A, AAAA },
      'lost.test.example': { A },
      'moving.test.example': { A },
      ...more,
    };
    writeFileSync(`${cluster.dns.folder}/records.json`, JSON.stringify(all));
  };
  const names = [...FAILING.flatMap((how = 'none') => [`a-${how}`, `aaaa-${how}`]), 'both', 'lost'];
  const serveDns = (at: string) => {
    const command = [process.execPath, join(__dirname, 'harness/dns.mjs'), at];
    cluster.dns.start('dns', [...command, `${cluster.dns.folder}/records.json`]);
  };

  beforeAll(async () => {
    cluster = new Cluster();
    elsewhere = new Host('elsewhere', 'pods', 21);
    hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    await serveEcho(cluster.backends, 7001);
    records();
    serveDns(NAMESERVER);
    services = {
      0: names.map((name, i) => ({ name, dest: `${name}.test.example:7000`, port: 100 + i })),
      1: [
        { name: 'moving', dest: 'moving.test.example:7000', port: 7, protocol: 'udp' },
        { name: 'staying', dest: 'both.test.example:7001', port: 8, protocol: 'udp' },
      ],
    };
    pod = await cluster.run(synth(cluster.inventory({ services })));
    await hero.up(wgQuick(cluster, hero));
  });
  afterAll(() => {
    elsewhere.stop();
    cluster.stop();
  });

  test.each(names.filter((name) => name !== 'lost'))('%s', async (name) => {
    const target = `10.1.3.16:${100 + names.indexOf(name)}`;
    const answers = await Promise.all(Array.from({ length: 6 }, () => hero.ask(target, 4)));
    expect(answers).toEqual(Array(6).fill('?\n'));
  });

  test('a query that gets lost costs 5 s, and no connection', async () => {
    // The pod has asked for both types; the next query is nginx's.
    records({ 'lost.test.example': { A: address('pods', 20), lose: 3 } });
    const begin = Date.now();
    expect(await hero.ask(`10.1.3.16:${100 + names.indexOf('lost')}`, 10)).toBe('?\n');
    const seconds = (Date.now() - begin) / 1000;
    expect(seconds).toBeGreaterThan(3);
    expect(seconds).toBeLessThan(7);
  });

  test('a UDP session goes to where the name has moved, while its client keeps sending', async () => {
    await serveEcho(elsewhere, 7000);
    /** Sends twice a second from one port, and gives what was answered. */
    const ask = async (port: number, seconds: number) => {
      const numbers = `for i in $(seq ${2 * seconds}); do echo $i; sleep 0.5; done`;
      const socat = `socat -T 3 - UDP:10.1.3.17:${port},sourceport=4000${port}`;
      const { stdout } = await hero.host.run(`(${numbers}) | ${socat}`, seconds + 10);
      return stdout.trim().split('\n').map(Number);
    };
    const moving = ask(7, 30);
    const staying = ask(8, 30);
    await sleep(3000);
    records({ 'moving.test.example': { A: elsewhere.address } });
    await cluster.backends.must(
      `nft 'add table ip silent; add chain ip silent in { type filter hook input priority 0; }; add rule ip silent in ip daddr ${address('pods', 20)} udp dport 7000 drop'`,
    );
    const answered = await moving;
    // Within 15 s, and then each.
    expect(answered.length).toBeGreaterThan(60 - 2 * 15);
    expect(answered.slice(-25)).toEqual(Array.from({ length: 25 }, (_, i) => 36 + i));
    expect((await staying).length).toBeGreaterThanOrEqual(58);
    expect(pod.log('nginx').match(/a name has moved/g)).toHaveLength(1);
  });

  test('an IPv6 address that moves is followed', async () => {
    cluster.dns.start('moved', ['socat', 'TCP6-LISTEN:7000,fork,reuseaddr', 'SYSTEM:echo moved']);
    await cluster.dns.listening(7000);
    records({ 'aaaa-refused.test.example': { A: 'refused', AAAA: address6('pods', 10) } });
    const target = `10.1.3.16:${100 + names.indexOf('aaaa-refused')}`;
    await until('the new address', 20, async () => (await hero.ask(target)) === 'moved\n');
  });

  test('one of two nameservers is dead: 5 s at most, and no connection lost', async () => {
    const resolver = [address('pods', 99), NAMESERVER];
    pod.mountConfiguration(synth(cluster.inventory({ services, resolver })));
    await pod.becomesReady();
    for (const name of ['a-none', 'a-refused', 'both', 'aaaa-none']) {
      const begin = Date.now();
      expect(await hero.ask(`10.1.3.16:${100 + names.indexOf(name)}`, 10)).toBe('?\n');
      expect(Date.now() - begin).toBeLessThan(7000);
    }
  });

  /** Asks for several names that nginx has not looked up, and says how many seconds the slowest took. */
  async function slowest(): Promise<number> {
    const begin = Date.now();
    const asked = ['a-none', 'a-nxdomain', 'a-servfail', 'a-refused', 'a-silent', 'both'].map(
      (name) => hero.ask(`10.1.3.16:${100 + names.indexOf(name)}`, 14),
    );
    expect(await Promise.all(asked)).toEqual(Array(6).fill('?\n'));
    return (Date.now() - begin) / 1000;
  }

  test('two of three are dead: no connection lost, and none waits for both', async () => {
    const resolver = [address('pods', 98), address('pods', 99), NAMESERVER];
    pod.mountConfiguration(synth(cluster.inventory({ services, resolver })));
    await pod.becomesReady();
    expect(await slowest()).toBeLessThan(4);
  });

  test('two of three die: none waits for both, once that was seen', async () => {
    const resolver = [elsewhere.address, NAMESERVER, address('pods', 1)];
    const dns = [process.execPath, join(__dirname, 'harness/dns.mjs'), elsewhere.address];
    const dying = elsewhere.start('dns', [...dns, `${cluster.dns.folder}/records.json`]);
    pod.mountConfiguration(synth(cluster.inventory({ services, resolver })));
    await pod.becomesReady();
    const nameservers = async () =>
      (await pod.exec('nginx', ['cat', '/run/nginx/current/resolver.cfg'])).stdout;
    expect(await nameservers()).toContain(`resolver ${elsewhere.address} ${NAMESERVER} valid`);
    dying.kill('SIGKILL');
    await until('it to be left out', 15, async () =>
      (await nameservers()).startsWith(`resolver ${NAMESERVER} valid`),
    );
    await pod.becomesReady();
    expect(await slowest()).toBeLessThan(4);
  });
});
