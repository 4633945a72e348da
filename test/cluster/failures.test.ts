import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Held, type Seen } from '../e2e/harness/held';
import { until } from '../e2e/harness/shell';
import { Endpoint } from './harness/endpoint';
import { kubectl } from './harness/kubectl';
import { Peer } from './harness/peer';
import { describeWith, readSettings } from './harness/settings';
import { Watch } from './harness/outage';
import { namespaces, SCRIPTS } from './harness/world';

jest.setTimeout(180_000);

const { shop } = namespaces(readSettings().run);
const hero = new Peer('hero', '10.1.2.4');
let endpoint: Endpoint;

beforeAll(async () => {
  endpoint = new Endpoint('failures', [hero]);
  await hero.makeKey('failures');
  const dest = `echo.${shop}.svc.cluster.local:7001`;
  await endpoint.run({ services: { 0: [{ name: 'echo', dest, port: 7 }] } });
  await endpoint.connect();
  await hero.reaches('tcp', '10.1.3.16', 7);
});

afterAll(() => endpoint.stop());

/** What hero notices while something happens, until it is served again. */
async function during(happening: () => Promise<unknown>): Promise<number> {
  const watch = new Watch(hero, '10.1.3.16', 7);
  await sleep(1000);
  await watch.look();
  await happening();
  let gapMs = 0;
  // Served for three seconds on end.
  for (let good = 0; good < 3;) {
    await sleep(1000);
    const seen = await watch.look();
    gapMs = Math.max(gapMs, seen.gapMs);
    good = seen.answered > 0 && seen.gapMs < 1000 ? good + 1 : 0;
  }
  watch.end();
  return gapMs / 1000;
}

test.each(['wireguard', 'nginx'])(
  'the container %s ends, is restarted, and serves within 20 s',
  async (container) => {
    const before = (await endpoint.restarts())[container] ?? 0;
    const gap = await during(async () => {
      await endpoint.exec(container, 'kill 1');
      await until(
        'restarted',
        30,
        async () => ((await endpoint.restarts())[container] ?? 0) > before,
      );
    });
    await endpoint.saysReady();
    console.log(`${container} ended: ${gap} s without an answer`);
    expect(gap).toBeLessThan(20);
  },
);

test('nginx without its master is restarted', async () => {
  const before = (await endpoint.restarts()).nginx ?? 0;
  const gap = await during(async () => {
    await endpoint.exec('nginx', 'kill -9 $(cat /run/nginx/nginx.pid)');
    await until('restarted', 60, async () => ((await endpoint.restarts()).nginx ?? 0) > before);
  });
  await endpoint.saysReady();
  console.log(`nginx killed: ${gap} s without an answer`);
});

test('the pod is deleted while connections are open, and its successor serves', async () => {
  const held = new Held(hero, '10.1.3.16', 7, 20);
  await held.opened(20);
  const { metadata } = await endpoint.pod();
  const gap = await during(async () => {
    await kubectl(['delete', 'pod', '-n', endpoint.namespace, 'wireguard-0', '--wait=false']);
    await until('another pod', 60, async () => {
      const pod = await endpoint.pod().catch(() => undefined);
      return pod !== undefined && pod.metadata.uid !== metadata.uid;
    });
  });
  held.end();
  console.log(`pod deleted with 20 connections: ${gap} s without an answer`);
  expect(gap).toBeLessThan(45);
});

describeWith('kubelet')('a kubelet that is restarted', () => {
  test('drops no connection and restarts no container', async () => {
    await endpoint.saysReady();
    const restarts = await endpoint.restarts();
    // Detached: what `kubectl exec` runs ends with the kubelet.
    const hold = `node ${SCRIPTS}/hold.mjs 10.1.3.16 7 50 200`;
    await hero.must(`>/tmp/looks; (tail -f /tmp/looks | ${hold}) >/tmp/seen 2>&1 </dev/null &`);
    const look = async () =>
      JSON.parse(await hero.must('echo look >>/tmp/looks; sleep 1; tail -n 1 /tmp/seen')) as Seen;
    await until(
      '50 connections',
      30,
      async () => (await look().catch(() => undefined))?.open === 50,
    );
    const command = endpoint.settings.restartKubelet ?? '';
    expect(spawnSync('sh', ['-c', command], { encoding: 'utf8' })).toMatchObject({ status: 0 });
    await until(
      'the kubelet answers',
      60,
      async () => (await endpoint.exec('nginx', 'true')).status === 0,
    );
    await sleep(5000);
    const { dropped, echoing } = await look();
    await hero.sh('kill $(pgrep -f /tmp/looks)');
    expect({ dropped, echoing, restarts: await endpoint.restarts() }).toEqual({
      dropped: 0,
      echoing: 50,
      restarts,
    });
  });
});
