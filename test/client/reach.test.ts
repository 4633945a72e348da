import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kubectl } from '../../lib/client/kubectl';
import type { Reach } from '../../lib/client/configuration';
import { type WaitOptions, findReach } from '../../lib/client/reach';
import type { Inventory } from '../../lib/inventory/inventory';
import { anInventory, myth } from '../an-inventory';
import { KubectlFake, SAYS, aLiveService } from './kubectl-fake';

const LOAD_BALANCER = myth({ service: { type: 'LoadBalancer' } }).service;

let fake: KubectlFake;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reach-'));
  fake = new KubectlFake(folder);
});
afterEach(() => {
  fake.remove();
  rmSync(folder, { recursive: true });
});

function unpinned(changes: Partial<Inventory> = {}): Inventory {
  const { nodePort, ...inventory } = anInventory({
    kubernetes: { kubeconfig: fake.kubeconfig, context: 'myth' },
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
  return findReach(inventory, options).then(
    (reach: Reach) => `no failure: ${JSON.stringify(reach)}`,
    (error: unknown) => String(error),
  );
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
    expect(fake.calls).toEqual([]);
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
  test('is asked for once, through the named context', async () => {
    fake.answer(aLiveService({ nodePort: 31234 }));
    const reach = { port: 31234, endpoint: 'wireguard.adyxax.org' };
    expect(await findReach(unpinned({ namespace: 'vpn' }))).toEqual(reach);
    expect(fake.calls).toEqual([
      [
        `--kubeconfig=${fake.kubeconfig}`,
        '--context=myth',
        '--request-timeout=10s',
        'get',
        '--raw',
        '/api/v1/namespaces/vpn/services/wireguard',
      ],
    ]);
  });

  test('is asked for without our credentials, and without the preferences of a user', async () => {
    const env = { ...process.env };
    Object.assign(process.env, { CLOUDFLARE_API_TOKEN: 'secret', AWS_PROFILE: 'mine' });
    fake.answer(aLiveService({ nodePort: 31234 }));
    try {
      await findReach(unpinned());
    } finally {
      process.env = env;
    }
    expect(fake.environments).toHaveLength(1);
    expect(fake.environments[0]).not.toMatch(/CLOUDFLARE|secret/);
    expect(fake.environments[0]).toMatch(/^AWS_PROFILE=mine$/m);
    expect(fake.environments[0]).toMatch(/^KUBERC=off$/m);
  });

  test.each([
    [{ ip: '192.0.2.7' }, '192.0.2.7'],
    [{ hostname: 'lb.example.org' }, 'lb.example.org'],
  ])('gives the address of its load balancer: %j', async (ingress, endpoint) => {
    const inventory = withoutDns(unpinned({ service: LOAD_BALANCER }));
    fake.answer(aLiveService({ type: 'LoadBalancer', nodePort: 31234, ingress: [ingress] }));
    expect(await findReach(inventory)).toEqual({ port: 342, endpoint });
  });

  /** What waiting mends, and what it does not. */
  const PENDING = [
    [
      'does not exist',
      { stderr: SAYS.notFound },
      /wireguard\/wireguard, context "myth": it does not exist yet; apply/,
    ],
    ['is of another type', aLiveService({ type: 'ClusterIP' }), /type is ClusterIP.*NodePort/],
    ['is a load balancer', aLiveService({ type: 'LoadBalancer' }), /type is LoadBalancer/],
    ['has another port', aLiveService({ port: 51820, nodePort: 31234 }), /no UDP port 342/],
    ['has no node port', aLiveService(), /no node port yet/],
    ['is behind a server in trouble', { stderr: SAYS.internal }, /\(InternalError\)/],
    ['is behind a server that starts', { stderr: SAYS.starting }, /\(ServiceUnavailable\)/],
    [
      'is behind a server that is down',
      { stderr: SAYS.refused },
      /6443 was refused.*the cluster is up, or wait with --wait/,
    ],
    ['is behind a server that hangs', { stderr: SAYS.late }, /deadline exceeded/],
    ['is behind a server that hangs up', { stderr: SAYS.closed }, /EOF/],
    ['is behind a server that stalls', { stdout: '{', stderr: SAYS.stalled }, /while reading body/],
    ['is something else', { kind: 'Status' }, /answered with something else/],
    ['is behind a captive portal', { script: 'echo "<html>"' }, /answered with something else/],
  ] as const;
  const FINAL = [
    [
      'may not be read',
      { stderr: SAYS.forbidden },
      /verb "get" on services in the namespace wireguard/,
    ],
    ['knows us not', { stderr: SAYS.unauthorized }, /the credentials of this context/],
    ['is behind a stranger', { stderr: SAYS.untrusted }, /does not trust this API server/],
    ['needs a plugin that fails', { stderr: SAYS.plugin }, /runs to log in failed/],
    ['cannot be asked for', { stderr: 'error: unknown flag: --context' }, /check the kubeconfig/],
  ] as const;

  test.each([...PENDING, ...FINAL])(
    'that %s is an error of its own',
    async (_, answer, message) => {
      fake.answer(answer);
      expect(await failureOf(unpinned())).toMatch(message);
      expect(fake.calls).toHaveLength(1);
    },
  );

  test.each(PENDING)('that %s is waited for', async (_, answer) => {
    fake.answer(answer, aLiveService({ nodePort: 31234 }));
    const { port } = await findReach(unpinned(), { waitMs: 10_000, intervalMs: 5 });
    expect(port).toBe(31234);
  });

  test.each(FINAL)('that %s is not', async (_, answer, message) => {
    fake.answer(answer);
    expect(await failureOf(unpinned(), { waitMs: 60_000, intervalMs: 5 })).toMatch(message);
    expect(fake.calls).toHaveLength(1);
  });

  test('tells once what it is waited for', async () => {
    fake.answer(
      { stderr: SAYS.refused },
      { stderr: SAYS.refused },
      { stderr: SAYS.notFound },
      aLiveService(),
      aLiveService({ nodePort: 31234 }),
    );
    const reasons: string[] = [];
    const onWait = (reason: string): void => void reasons.push(reason);
    await findReach(unpinned(), { waitMs: 10_000, intervalMs: 5, onWait });
    expect(reasons).toEqual([
      expect.stringContaining('was refused'),
      expect.stringContaining('it does not exist yet'),
      expect.stringContaining('no node port yet'),
    ]);
    expect(fake.calls).toHaveLength(5);
  });

  test('is not waited for without end', async () => {
    expect(await failureOf(unpinned(), { waitMs: 1000, intervalMs: 10 })).toMatch(
      /it does not exist yet; waited in vain/,
    );
    expect(fake.calls.length).toBeGreaterThan(1);
  });

  test('cannot forge a line', async () => {
    fake.answer({ script: String.raw`printf 'oops\033[2J\rmyth  in sync\n' >&2; exit 1` });
    expect(await failureOf(unpinned())).toContain(String.raw`oops\u{1b}[2J\rmyth  in sync; check`);
  });
});

describe('kubectl', () => {
  test('that is not installed is told with what to do', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = folder;
    try {
      expect(await failureOf(unpinned(), { waitMs: 60_000 })).toMatch(
        /kubectl is not installed, or not in PATH: install it .*or pin nodePort/,
      );
    } finally {
      process.env['PATH'] = path;
    }
  });

  test('that hangs is killed with what it started', async () => {
    const beats = join(folder, 'beats');
    fake.answer({ script: `sh -c 'while :; do echo >> ${beats}; sleep 0.02; done' & wait` });
    // However long a busy machine takes to begin it.
    for (let limit = 500; !existsSync(beats); limit *= 2) {
      await expect(kubectl([], limit)).rejects.toThrow(/did not end within .* s.*log in first/);
    }
    const { size } = statSync(beats);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(statSync(beats).size).toBe(size);
  });

  test('that leaves a child behind is not waited for', async () => {
    const started = join(folder, 'started');
    fake.answer({ script: `sh -c 'echo $$ > ${started}; exec sleep 60' & echo done` });
    await expect(kubectl([], 20_000)).resolves.toEqual({ ok: true, stdout: 'done\n', stderr: '' });
    process.kill(Number(readFileSync(started, 'utf8')));
  });

  test('that answers without end is stopped', async () => {
    fake.answer({ script: 'exec cat /dev/zero' });
    await expect(kubectl([], 20_000)).rejects.toThrow(
      /kubectl printed more than 4 MiB and was stopped/,
    );
  });

  test('has no input to wait for', async () => {
    fake.answer({ script: 'read line || echo end' });
    expect((await kubectl([], 20_000)).stdout).toBe('end\n');
  });
});

describe('the kubeconfig', () => {
  test('must hold the context, and the default one is no stand-in', async () => {
    const kubernetes = { kubeconfig: fake.kubeconfig, context: 'mhyt' };
    const message = await failureOf(unpinned({ kubernetes }));
    expect(message).toMatch(/context "mhyt" is not in .*there are: broken, myth, production/);
  });

  test('must hold the context’s cluster', async () => {
    const kubernetes = { kubeconfig: fake.kubeconfig, context: 'broken' };
    expect(await failureOf(unpinned({ kubernetes }))).toMatch(
      /names the cluster "missing", which does not exist there/,
    );
    expect(fake.calls).toEqual([]);
  });

  test.each([
    [
      'missing',
      undefined,
      /cannot be read: ENOENT: no such file; its path is relative to the inventory file/,
    ],
    ['empty', '', /is not in .*; there are none/],
    ['no YAML', 'a: [', /cannot be read: it is not YAML/],
  ])('that is %s is told with its path', async (_, text, message) => {
    rmSync(fake.kubeconfig);
    if (text !== undefined) writeFileSync(fake.kubeconfig, text);
    const outcome = await failureOf(unpinned());
    expect(outcome).toMatch(message);
    expect(outcome).toContain(fake.kubeconfig);
    expect(outcome).toMatch(/^UserError/);
  });
});
