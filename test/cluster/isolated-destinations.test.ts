import { until } from '../e2e/harness/shell';
import { Endpoint } from './harness/endpoint';
import { apply, get, kubectl } from './harness/kubectl';
import { Peer } from './harness/peer';
import { describeWith, readSettings } from './harness/settings';
import { closed, namespaces, podAddress, SCRIPTS } from './harness/world';

jest.setTimeout(180_000);

const settings = readSettings();
const { shop, store } = namespaces(settings.run);
const hero = new Peer('hero', '10.1.2.4');
let endpoint: Endpoint;

const API_SERVER_PORT = 6443;

/** Services of every kind that name no pods of their own namespace by a selector. */
const objects = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'headless', namespace: shop },
    spec: { clusterIP: 'None', selector: { app: 'echo' }, ports: [{ port: 7000 }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'elsewhere', namespace: shop },
    spec: { type: 'ExternalName', externalName: `echo.${store}.svc.cluster.local` },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'machine', namespace: shop },
    spec: { ports: [{ port: 443, targetPort: API_SERVER_PORT }] },
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'machine',
      namespace: shop,
      labels: { 'kubernetes.io/service-name': 'machine' },
    },
    addressType: 'IPv4',
    ports: [{ port: API_SERVER_PORT }],
    endpoints: [{ addresses: [settings.node] }],
  },
];

const inShop = (name: string, port: number) => `${name}.${shop}.svc.cluster.local:${port}`;

const services = {
  0: [
    { name: 'headless', dest: inShop('headless', 7000), port: 7 },
    { name: 'headless', dest: inShop('headless', 7000), port: 7, protocol: 'udp' },
  ],
  1: [{ name: 'elsewhere', dest: inShop('elsewhere', 7001), port: 7 }],
  2: [{ name: 'machine', dest: inShop('machine', 443), port: 443 }],
  3: ['tcp', 'udp'].map((protocol) => ({
    ...{ name: 'dns', protocol, port: 53 },
    dest: 'kube-dns.kube-system.svc.cluster.local:53',
  })),
};

const toApiServer = async () => {
  const script = `fetch('https://10.1.3.18/version').then((r) => console.log(r.status), () => console.log('cut off'))`;
  return (
    await hero.must(`NODE_TLS_REJECT_UNAUTHORIZED=0 node -e "${script}" 2>&1 | tail -n 1`)
  ).trim();
};

beforeAll(async () => {
  endpoint = new Endpoint('isolated', [hero]);
  await hero.makeKey('isolated');
  await apply(objects);
  await endpoint.run({ services, isolate: true });
  await endpoint.connect();
});

afterAll(async () => {
  const metadata = objects.map(({ kind, metadata: { name } }) => `${kind}/${name}`);
  await kubectl(['delete', '-n', shop, ...metadata]);
  await kubectl(['delete', 'networkpolicy', '--all', '-n', store]);
  await endpoint.stop();
});

describeWith('policies')('isolate', () => {
  test('lets the endpoint reach a headless Service', async () => {
    await hero.reaches('tcp', '10.1.3.16', 7);
    await hero.reaches('udp', '10.1.3.16', 7);
  });

  test.each(['tcp', 'udp'])('lets the endpoint reach DNS over %s', async (protocol) => {
    const { spec } = await get<{ spec: { clusterIP: string } }>('service', 'kubernetes');
    const name = 'kubernetes.default.svc.cluster.local';
    const found = await hero.must(`node ${SCRIPTS}/lookup.mjs ${protocol} 10.1.3.19 ${name}`);
    expect(found).toBe(spec.clusterIP);
  });

  test('cuts off a name that leads into another namespace, or to a node', async () => {
    await until('elsewhere', 20, async () => (await hero.ask('tcp', '10.1.3.17', 7, 1)) === '');
    expect(await toApiServer()).toBe('cut off');
  });

  test('until the inventory says where they lead', async () => {
    const inStore = { matchLabels: { 'kubernetes.io/metadata.name': store } };
    const egress = [
      { to: [{ namespaceSelector: inStore }], ports: [{ protocol: 'TCP', port: 7000 }] },
      {
        to: [{ ipBlock: { cidr: `${settings.node}/32` } }],
        ports: [{ protocol: 'TCP', port: API_SERVER_PORT }],
      },
    ];
    await endpoint.change({ services, isolate: { egress } });
    await hero.reaches('tcp', '10.1.3.17', 7);
    await until('machine', 20, async () => /^[24]\d\d$/.test(await toApiServer()));
  });
});

describeWith('policies', 'dualstack')('policies for IPv6', () => {
  test('let the endpoint into a closed namespace', async () => {
    const pod = await podAddress(store, 'echo', 6);
    expect(await hero.ask('tcp', pod, 7000)).toMatch(/^echo-/);
    await apply([closed(store)]);
    await endpoint.change({
      services: {
        0: [{ name: 'six', dest: `[${pod}]:7000`, port: 7 }],
        1: [{ name: 'echo', dest: `echo.${store}.svc.cluster.local:7001`, port: 7 }],
      },
      networkPolicies: [store],
      isolate: true,
    });
    await hero.reaches('tcp', '10.1.3.16', 7);
  });

  test('and nobody else', async () => {
    const pod = await podAddress(store, 'echo', 6);
    await until('closed', 20, async () => (await hero.ask('tcp', pod, 7000, 1)) === '');
  });

  test('let out nothing that is not declared', async () => {
    const pod = await podAddress(shop, 'echo', 6);
    expect(await hero.ask('tcp', pod, 7000)).toMatch(/^echo-/);
    await until('closed', 20, async () => !(await endpoint.reaches(pod, 7000)));
  });
});
