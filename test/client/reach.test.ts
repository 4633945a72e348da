import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Reach, type WaitOptions, findReach } from '../../lib/client/reach';
import type { Inventory } from '../../lib/inventory/inventory';
import { anInventory } from '../an-inventory';
import { BEARER, KubernetesFake, aLiveService } from './kubernetes-fake';

const LOAD_BALANCER = { type: 'LoadBalancer', externalTrafficPolicy: 'Cluster' } as const;

let fake: KubernetesFake;
let folder: string;
let kubeconfig: string;
beforeEach(async () => {
  fake = new KubernetesFake();
  await fake.listen();
  folder = mkdtempSync(join(tmpdir(), 'reach-'));
  kubeconfig = join(folder, 'kubeconfig');
  fake.writeKubeconfig(kubeconfig);
});
afterEach(async () => {
  await fake.close();
  rmSync(folder, { recursive: true });
});

function unpinned(changes: Partial<Inventory> = {}): Inventory {
  const { nodePort, ...inventory } = anInventory({
    kubernetes: { kubeconfig, context: 'myth' },
    ...changes,
  });
  expect(nodePort).toBeDefined();
  return inventory;
}

function withoutDns(inventory: Inventory): Inventory {
  const { dns, ...rest } = inventory;
  expect(dns).toBeDefined();
  return rest;
}

async function failureOf(inventory: Inventory, options?: WaitOptions): Promise<string> {
  const outcome = await findReach(inventory, options).then(
    (reach: Reach) => `no failure: ${JSON.stringify(reach)}`,
    (error: unknown) => `${String(error)} ${error instanceof Error ? (error.stack ?? '') : ''}`,
  );
  expect(outcome).not.toContain(BEARER);
  return outcome;
}

describe('what the inventory tells', () => {
  test.each([
    ['a pinned node port', anInventory(), { port: 30342, endpoint: 'wireguard.adyxax.org' }],
    ['a pinned node port without dns', withoutDns(anInventory()), { port: 30342 }],
    [
      'a load balancer with dns',
      anInventory({ service: LOAD_BALANCER }),
      { port: 342, endpoint: 'wireguard.adyxax.org' },
    ],
  ])('%s is enough', async (_, inventory, reach) => {
    expect(await findReach(inventory)).toEqual(reach);
    expect(fake.requests).toEqual([]);
  });

  test('leaves a way open without a cluster to ask', async () => {
    const { kubernetes, ...inventory } = unpinned();
    expect(kubernetes).toBeDefined();
    expect(await failureOf(inventory)).toMatch(
      /node port.*pin nodePort \(30000-32767\).*kubernetes/,
    );
    const balanced = withoutDns({ ...inventory, service: LOAD_BALANCER });
    expect(await failureOf(balanced)).toMatch(/load balancer's address.*set dns.*kubernetes/);
  });
});

describe('the live Service', () => {
  test('is asked for through the named context', async () => {
    fake.answers = [aLiveService({ nodePort: 31234 })];
    const reach = { port: 31234, endpoint: 'wireguard.adyxax.org' };
    expect(await findReach(unpinned({ namespace: 'vpn' }))).toEqual(reach);
    expect(fake.requests).toEqual([
      {
        line: 'GET /api/v1/namespaces/vpn/services/wireguard',
        authorization: `Bearer ${BEARER}`,
      },
    ]);
  });

  test.each([
    [{ ip: '192.0.2.7' }, '192.0.2.7'],
    [{ hostname: 'lb.example.org' }, 'lb.example.org'],
  ])('gives the address of its load balancer: %j', async (ingress, endpoint) => {
    const inventory = withoutDns(unpinned({ service: LOAD_BALANCER }));
    fake.answers = [aLiveService({ type: 'LoadBalancer', nodePort: 31234, ingress: [ingress] })];
    expect(await findReach(inventory)).toEqual({ port: 342, endpoint });
  });

  test.each([
    ['is not there', 404, /wireguard\/wireguard, context "myth": it is not there yet; apply/],
    ['is of another type', aLiveService({ type: 'ClusterIP' }), /type is ClusterIP.*NodePort/],
    ['is a load balancer', aLiveService({ type: 'LoadBalancer' }), /type is LoadBalancer/],
    ['has another port', aLiveService({ port: 51820, nodePort: 31234 }), /no UDP port 342/],
    ['has no node port', aLiveService(), /no node port yet/],
    ['may not be read', 403, /HTTP 403: .*verb "get" on services in the namespace wireguard/],
    ['knows us not', 401, /HTTP 401: the credentials of this context/],
    ['is behind a server in trouble', 500, /HTTP 500/],
    ['is behind a server that hangs up', 'drop', /127\.0\.0\.1:\d+ cannot be reached/],
  ] as const)('that %s is an error of its own', async (_, answer, message) => {
    fake.answers = [answer];
    expect(await failureOf(unpinned())).toMatch(message);
    expect(fake.requests).toHaveLength(1);
  });

  test('is waited for, and what is waited for is told once', async () => {
    fake.answers = [404, 404, aLiveService(), aLiveService({ nodePort: 31234 })];
    const reasons: string[] = [];
    const onWait = (reason: string): void => void reasons.push(reason);
    const { port } = await findReach(unpinned(), { waitMs: 10_000, intervalMs: 5, onWait });
    expect(port).toBe(31234);
    expect(reasons).toEqual([
      expect.stringContaining('it is not there yet'),
      expect.stringContaining('no node port yet'),
    ]);
    expect(fake.requests).toHaveLength(4);
  });

  test('is not waited for without end', async () => {
    expect(await failureOf(unpinned(), { waitMs: 1000, intervalMs: 10 })).toMatch(
      /not there yet; wai/,
    );
    expect(fake.requests.length).toBeGreaterThan(1);
  });
});

describe('the kubeconfig', () => {
  test('must hold the context, and the default one is no stand-in', async () => {
    const kubernetes = { kubeconfig, context: 'mhyt' };
    const message = await failureOf(unpinned({ kubernetes }));
    expect(message).toMatch(/context "mhyt" is not in .*there are: broken, myth, production/);
  });

  test('must hold the context’s cluster', async () => {
    const kubernetes = { kubeconfig, context: 'broken' };
    expect(await failureOf(unpinned({ kubernetes }))).toMatch(/names a cluster that is not there/);
  });

  test.each([
    ['missing', undefined, /cannot be read: ENOENT/],
    ['empty', '', /there are none|cannot be read/],
    ['no YAML', 'a: [', /cannot be read/],
  ])('that is %s is told with its path', async (_, text, message) => {
    rmSync(kubeconfig);
    if (text !== undefined) writeFileSync(kubeconfig, text);
    const outcome = await failureOf(unpinned());
    expect(outcome).toMatch(message);
    expect(outcome).toContain(kubeconfig);
    expect(outcome).toMatch(/^UserError/);
  });
});
