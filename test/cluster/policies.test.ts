import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../e2e/harness/shell';
import { Endpoint } from './harness/endpoint';
import { apply, exec, get, kubectl } from './harness/kubectl';
import { Watch } from './harness/outage';
import { Peer } from './harness/peer';
import { describeWith, readSettings } from './harness/settings';
import { closed, namespaces, podAddress, SCRIPTS } from './harness/world';

jest.setTimeout(180_000);

const settings = readSettings();
const { peers, shop, store } = namespaces(settings.run);
const hero = new Peer('hero', '10.1.2.4');
let endpoint: Endpoint;

const echo = (namespace: string) => `echo.${namespace}.svc.cluster.local:7001`;

/** What hero hears from something that listens in the endpoint's pod, without the tunnel. */
async function heroReachesPod(): Promise<string> {
  const { status } = await endpoint.pod();
  const listener = endpoint.exec('nginx', 'echo hi | timeout 8 nc -l -p 8000');
  await sleep(1000);
  const heard = await hero.ask('tcp', status.podIP, 8000);
  await listener;
  return heard;
}

beforeAll(async () => {
  endpoint = new Endpoint('policies', [hero]);
  await hero.makeKey('policies');
});

afterAll(async () => {
  await kubectl(['delete', 'networkpolicy', '--all', '-n', store]);
  await endpoint.stop();
});

describeWith('policies')('networkPolicies', () => {
  test('let the endpoint into a closed namespace', async () => {
    await apply([closed(store)]);
    await endpoint.run({
      services: { 0: [{ name: 'echo', dest: echo(store), port: 7 }] },
      networkPolicies: [store],
    });
    await endpoint.connect();
    await hero.reaches('tcp', '10.1.3.16', 7);
    expect(await heroReachesPod()).toBe('hi');
  });

  test('and nobody else', async () => {
    const ask = ['node', `${SCRIPTS}/ask.mjs`, 'tcp', `echo.${store}.svc.cluster.local`, '7001'];
    expect((await exec(peers, 'hero', ask)).status).toBe(1);
    const address = await podAddress(store, 'echo');
    expect(await hero.ask('tcp', address, 7000)).toBe('');
  });

  test('until they are taken away', async () => {
    await kubectl(['delete', 'networkpolicy', 'allow-from-wireguard', '-n', store]);
    await until('closed', 20, async () => (await hero.ask('tcp', '10.1.3.16', 7, 1)) === '');
    await kubectl(['delete', 'networkpolicy', 'closed', '-n', store]);
    await hero.reaches('tcp', '10.1.3.16', 7);
  });
});

describeWith('policies')('isolate', () => {
  const services = {
    0: [{ name: 'echo', dest: echo(shop), port: 7 }],
    1: [{ name: 'udp', dest: echo(shop), port: 7, protocol: 'udp' }],
    2: [{ name: 'kubernetes', dest: 'kubernetes.default.svc.cluster.local:443', port: 443 }],
  };

  test('keeps what the inventory declares', async () => {
    const pod = await podAddress(shop, 'postgresql');
    await endpoint.change({
      services: { ...services, 3: [{ name: 'postgresql', dest: `${pod}:5432`, port: 5432 }] },
      isolate: true,
    });
    await hero.reaches('udp', '10.1.3.17', 7);
    await hero.reaches('tcp', '10.1.3.16', 7);
    expect(await hero.must(`psql -h 10.1.3.19 -U postgres -Atc 'select 40 + 2'`)).toBe('42\n');
    const script = `fetch('https://10.1.3.18/version').then((r) => console.log(r.status))`;
    expect(
      await hero.must(`NODE_TLS_REJECT_UNAUTHORIZED=0 node -e "${script}" 2>&1 | tail -n 1`),
    ).toMatch(/^[24]\d\d/);
  });

  test('and nothing else', async () => {
    await until(
      'closed',
      20,
      async () => !(await endpoint.reaches(await podAddress(store, 'echo'), 7000)),
    );
    expect(await endpoint.reaches(await podAddress(shop, 'echo'), 7000)).toBe(true);
    expect(await endpoint.reaches(settings.node, 10250)).toBe(false);
    expect(await endpoint.reaches('169.254.169.254', 80)).toBe(false);
  });

  test('lets in peers alone', async () => {
    expect(await heroReachesPod()).toBe('');
  });

  test('cuts off a ClusterIP, unless the inventory says where it leads', async () => {
    const { spec } = await get<{ spec: { clusterIP: string } }>('service', 'echo', '-n', store);
    const dest = `${spec.clusterIP}:7001`;
    await endpoint.change({ services: { 0: [{ name: 'echo', dest, port: 7 }] }, isolate: true });
    await until('cut off', 20, async () => (await hero.ask('tcp', '10.1.3.16', 7, 1)) === '');
    const to = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': store } } }];
    const egress = [{ to, ports: [{ protocol: 'TCP', port: 7000 }] }];
    await endpoint.change({
      services: { 0: [{ name: 'echo', dest, port: 7 }] },
      isolate: { egress },
    });
    await hero.reaches('tcp', '10.1.3.16', 7);
  });

  test('lets a destination change without a gap', async () => {
    await endpoint.change({
      services: { 0: [{ name: 'echo', dest: echo(shop), port: 7 }] },
      isolate: true,
    });
    await until(
      'shop',
      20,
      async () =>
        (await hero.ask('tcp', '10.1.3.16', 7, 1)) !== '' &&
        (await endpoint.logs('nginx')).includes('in force'),
    );
    await sleep(3000);
    const watch = new Watch(hero, '10.1.3.16', 7);
    await sleep(2000);
    await watch.look();
    await endpoint.synth({
      services: { 0: [{ name: 'echo', dest: echo(store), port: 7 }] },
      isolate: true,
    });
    await endpoint.apply();
    await sleep(10_000);
    await endpoint.handOver();
    await sleep(8000);
    const seen = await watch.look();
    watch.end();
    const { items } = await get<{ items: { metadata: { name: string } }[] }>('pod', '-n', store);
    expect(seen.by).toBe(items[0]?.metadata.name);
    // An engine may refuse a connection while it rewrites its chains; the gap would be 10 s of them.
    expect(seen.failed).toBeLessThanOrEqual(2);
  });
});
