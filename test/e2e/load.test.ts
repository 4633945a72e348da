import { writeFileSync } from 'node:fs';
import { Cluster, synth, wgQuick, type Peer } from './harness/cluster';
import { Held, serveEcho } from './harness/held';
import type { Pod } from './harness/pod';
import { until } from './harness/shell';

jest.setTimeout(180_000);

const CONNECTIONS = 10_000;

describe('connections held at once, with data on each', () => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    cluster.resolve({ 'echo.test.svc.cluster.local': cluster.backends.address });
    const dest = 'echo.test.svc.cluster.local:7000';
    const services = {
      0: [{ name: 'echo', dest, port: 7 }],
      1: [{ name: 'spare', dest, port: 7 }],
    };
    pod = await cluster.run(synth(cluster.inventory({ services })));
    await hero.up(wgQuick(cluster, hero));
  });
  afterAll(() => {
    cluster.stop();
  });

  test(`${CONNECTIONS} through the proxy`, async () => {
    const held = new Held(hero.host, '10.1.3.16', 7, CONNECTIONS, 5000);
    await held.opened(CONNECTIONS, 90);
    await until(
      'two echoes on each',
      60,
      async () => (await held.look()).echoes >= 3 * CONNECTIONS,
    );
    const { open, dropped } = await held.look();
    const errors = pod.log('nginx').match(/^.*\[(error|crit|alert|emerg)\].*$/gm);
    expect({ open, dropped, errors }).toEqual({ open: CONNECTIONS, dropped: 0, errors: null });
    expect(await pod.ready()).toBe(true);
    held.end();
  });

  test("the article's settings hold about 510 of them", async () => {
    // Its worker_connections, its single worker; a client takes two, the listener one.
    const file = '/run/e2e/article.cfg';
    writeFileSync(
      file,
      `load_module /usr/lib/nginx/modules/ngx_stream_module.so;
      daemon off; error_log /dev/null; pid /run/e2e/article.pid;
      events { worker_connections 1024; }
      stream {
        resolver ${cluster.dns.address} valid=60s;
        server { listen 10.1.3.17:8; set $backend "echo.test.svc.cluster.local:7000"; proxy_pass $backend; }
      }`,
    );
    // The pod lets peers reach the listeners of its own proxy only.
    pod.inNetwork(`
      ip rule add to 10.1.3.17 ipproto 6 dport 8 priority 1 lookup local
      setsid nginx -c ${file} >/dev/null 2>&1 </dev/null &`);
    const held = new Held(hero.host, '10.1.3.17', 8, 1000, 1000);
    await until(
      'connections that are turned away',
      30,
      async () => (await held.look()).dropped > 0,
    );
    await until('all to have been tried', 30, async () => (await held.look()).open >= 1000);
    const { open, dropped } = await held.look();
    expect(open - dropped).toBeGreaterThan(450);
    expect(open - dropped).toBeLessThan(520);
    held.end();
  });
});
