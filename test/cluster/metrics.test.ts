import { until } from '../e2e/harness/shell';
import { Endpoint } from './harness/endpoint';
import { get } from './harness/kubectl';
import { Peer } from './harness/peer';
import { readSettings } from './harness/settings';
import { namespaces } from './harness/world';

jest.setTimeout(180_000);

const { shop } = namespaces(readSettings().run);
const hero = new Peer('hero', '10.1.2.4');
let endpoint: Endpoint;

beforeAll(async () => {
  endpoint = new Endpoint('metrics', [hero]);
  await hero.makeKey('metrics');
  const dest = `echo.${shop}.svc.cluster.local:7001`;
  await endpoint.run({ metrics: true, services: { 0: [{ name: 'echo', dest, port: 7 }] } });
  await endpoint.connect();
  await hero.reaches('tcp', '10.1.3.16', 7);
});

afterAll(() => endpoint.stop());

test('the PodMonitor finds the port the exporter serves', async () => {
  const { items } = await get<{ items: { spec: { podMetricsEndpoints: { port: string }[] } }[] }>(
    'podmonitor',
    '-n',
    endpoint.namespace,
  );
  expect(items[0]?.spec.podMetricsEndpoints[0]?.port).toBe('metrics');
});

const scrape = (address: string) =>
  `node -e "fetch('http://${address}:9586/metrics', { signal: AbortSignal.timeout(3000) }).then(async (r) => console.log(await r.text()))"`;

test('the cluster scrapes metrics with the names of peers', async () => {
  const { status } = await endpoint.pod();
  const metrics = await until('metrics', 20, async () => {
    const { stdout } = await hero.sh(scrape(status.podIP));
    return stdout.includes('wireguard_sent_bytes_total') && stdout;
  });
  expect(metrics).toMatch(/^wireguard_latest_handshake_seconds\{.*friendly_name="hero".*\} [1-9]/m);
  expect(metrics).not.toContain('allowed_ips="10.1.3');
});

test('peers do not, through the tunnel', async () => {
  const { status } = await endpoint.pod();
  expect((await hero.sh(scrape('10.1.3.16'))).status).not.toBe(0);
  await hero.must(`ip route replace ${status.podIP} dev metrics`);
  expect((await hero.sh(scrape(status.podIP))).status).not.toBe(0);
  await hero.must(`ip route delete ${status.podIP} dev metrics`);
});
