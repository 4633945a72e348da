import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { Held } from '../e2e/harness/held';
import { until } from '../e2e/harness/shell';
import { Endpoint } from './harness/endpoint';
import { get, type Outcome, run } from './harness/kubectl';
import { Peer } from './harness/peer';
import { describeWith, readSettings } from './harness/settings';
import { namespaces } from './harness/world';

jest.setTimeout(180_000);

const { shop, store } = namespaces(readSettings().run);
const hero = new Peer('hero', '10.1.2.4');
const yen = new Peer('yen', '10.1.2.9');
let endpoint: Endpoint;
let waiting: Promise<Outcome>;

const services = {
  0: [{ name: 'kubernetes', dest: 'kubernetes.default.svc.cluster.local:443', port: 443 }],
  1: [{ name: 'postgresql', dest: `postgresql.${shop}.svc.cluster.local:5432`, port: 5432 }],
  2: [
    { name: 'echo', dest: `echo.${shop}.svc.cluster.local:7001`, port: 7 },
    { name: 'echo', dest: `echo.${shop}.svc.cluster.local:7001`, port: 7, protocol: 'udp' },
  ],
  3: [{ name: 'heros', dest: `echo.${store}.svc.cluster.local:7001`, port: 7, peers: ['hero'] }],
};

beforeAll(async () => {
  endpoint = new Endpoint('main', [hero, yen]);
  for (const peer of [hero, yen]) await peer.makeKey('main');
});

afterAll(() => endpoint.stop());

describe('npm run dns before anything is applied', () => {
  test('says what is missing, and waits for it when asked', async () => {
    await endpoint.synth({ services });
    const { status, stderr } = await endpoint.command('dns', 'main');
    expect(status).toBe(1);
    expect(stderr).toMatch(/does not exist yet; apply the manifests, or wait with --wait/);
    waiting = endpoint.command('dns', 'main', '--wait');
  });
});

describe('what is applied', () => {
  test('passes strict server-side apply, and the pod is ready', async () => {
    const begin = Date.now();
    await endpoint.run({ services });
    console.log(`ready ${(Date.now() - begin) / 1000} s after synth began`);
  });

  test('leaves no difference between the files and the cluster', async () => {
    const { status, stdout } = await run('kubectl', [
      'diff',
      '--server-side',
      '-f',
      endpoint.manifest,
    ]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  test('says nothing at an apply: no warning, no change', async () => {
    const args = ['apply', '--server-side', '-f', endpoint.manifest];
    const { stderr } = await run('kubectl', args);
    expect(stderr).toBe('');
  });
});

describe('rights of the running containers', () => {
  const status = async (container: string): Promise<Record<string, string>> => {
    const { stdout } = await endpoint.exec(container, 'cat /proc/1/status');
    return Object.fromEntries(
      stdout.split('\n').map((line) => line.split(':\t') as [string, string]),
    );
  };

  test('wireguard: uid 0 with NET_ADMIN and nothing else', async () => {
    const { Uid, CapEff, CapBnd, NoNewPrivs, Seccomp } = await status('wireguard');
    const NET_ADMIN = (1 << 12).toString(16).padStart(16, '0');
    expect({ Uid, CapEff, CapBnd, NoNewPrivs, Seccomp }).toEqual({
      Uid: '0\t0\t0\t0',
      CapEff: NET_ADMIN,
      CapBnd: NET_ADMIN,
      NoNewPrivs: '1',
      Seccomp: '2',
    });
  });

  test('nginx: no root and no capability', async () => {
    const { Uid, CapEff, CapBnd, NoNewPrivs, Seccomp } = await status('nginx');
    expect({ Uid, CapEff, CapBnd, NoNewPrivs, Seccomp }).toEqual({
      Uid: '101\t101\t101\t101',
      CapEff: '0000000000000000',
      CapBnd: '0000000000000000',
      NoNewPrivs: '1',
      Seccomp: '2',
    });
  });

  test.each(['wireguard', 'nginx'])(
    '%s: read-only root, no token of the API',
    async (container) => {
      const { stdout } = await endpoint.exec(
        container,
        'touch /etc/x 2>&1; ls /var/run/secrets/kubernetes.io 2>&1; cat /proc/sys/net/ipv4/ip_unprivileged_port_start',
      );
      const [touched, token, sysctl] = stdout.trim().split('\n');
      expect(touched).toMatch(/Read-only file system/);
      expect(token).toMatch(/No such file/);
      expect(sysctl).toBe('0');
    },
  );
});

describeWith('podsecurity')('a cluster that enforces PodSecurity', () => {
  test('lets the pod in because of its namespace, and into no other', async () => {
    const documents = parseAllDocuments(endpoint.readManifest()).map((d) => d.toJS() as Manifest);
    const set = documents.find(({ kind }) => kind === 'StatefulSet');
    const metadata = { name: 'stray', namespace: shop, labels: { app: 'stray' } };
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: set?.spec.template.spec };
    const { status, stderr } = await run('kubectl', ['apply', '--dry-run=server', '-f', '-'], {
      input: JSON.stringify(pod),
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/violates PodSecurity "baseline/);
  });
});

interface Manifest {
  readonly kind: string;
  readonly spec: { readonly template: { readonly spec: object } };
}

describe('what peers reach through the node port', () => {
  test('with the files of npm run dns and npm run client', async () => {
    await endpoint.connect();
    await hero.reaches('tcp', '10.1.3.18', 7);
  });

  test('npm run dns reads the live node port, at once or when it is there', async () => {
    const { spec } = await get<{ spec: { ports: { nodePort: number }[] } }>(
      'service',
      'wireguard',
      '-n',
      endpoint.namespace,
    );
    const file = join(endpoint.folder, 'wireguard-generated-configuration-main.yaml');
    expect((await waiting).status).toBe(0);
    rmSync(file);
    await endpoint.must('dns', 'main');
    expect(readFileSync(file, 'utf8')).toContain(`port: ${spec.ports[0]?.nodePort}\n`);
  });

  test('TCP and UDP', async () => {
    expect(await hero.ask('tcp', '10.1.3.18', 7)).toMatch(/^echo-/);
    expect(await hero.ask('udp', '10.1.3.18', 7)).toMatch(/^echo-/);
    expect(await yen.ask('udp', '10.1.3.18', 7)).toMatch(/^echo-/);
  });

  test('PostgreSQL', async () => {
    const query = `psql -h 10.1.3.17 -U postgres -Atc 'select 40 + 2'`;
    expect(await yen.must(query)).toBe('42\n');
  });

  test('the API server', async () => {
    const script = `fetch('https://10.1.3.16/version').then(async (r) => console.log(r.status, await r.text()))`;
    const answer = await hero.must(`NODE_TLS_REJECT_UNAUTHORIZED=0 node -e "${script}" 2>&1`);
    expect(answer).toMatch(/gitVersion|Unauthorized|Forbidden/);
  });

  test('each peer what is for it', async () => {
    expect(await hero.ask('tcp', '10.1.3.19', 7)).toMatch(/^echo-/);
    expect(await yen.ask('tcp', '10.1.3.19', 7)).toBe('');
  });

  test('and nothing else of the pod and the cluster', async () => {
    const { status } = await endpoint.pod();
    await hero.must(`ip route replace ${status.podIP} dev main`);
    expect(await hero.ask('tcp', status.podIP, 9342, 2)).toBe('');
    await hero.must(`ip route delete ${status.podIP} dev main`);
  });
});

describe('a change', () => {
  let held: Held;
  const more = {
    ...services,
    4: [{ name: 'new', dest: `echo.${shop}.svc.cluster.local:7001`, port: 7 }],
  };

  beforeAll(async () => {
    held = new Held(hero, '10.1.3.18', 7, 200);
    await held.opened(200);
  });
  afterAll(() => {
    held.end();
  });

  test('is in force moments after the pod was annotated', async () => {
    await endpoint.synth({ services: more });
    await endpoint.apply();
    const begin = Date.now();
    await endpoint.handOver();
    await until('new service', 20, () => yen.ask('tcp', '10.1.3.20', 7, 1));
    console.log(`in force ${(Date.now() - begin) / 1000} s after the annotation`);
  });

  test('is in force within 100 s of its application when nobody annotates', async () => {
    await endpoint.synth({ services });
    await endpoint.apply();
    const begin = Date.now();
    await until('service gone', 100, async () => (await yen.ask('tcp', '10.1.3.20', 7, 1)) === '');
    console.log(`in force ${(Date.now() - begin) / 1000} s after apply`);
  });

  test('dropped none of 200 connections', async () => {
    const { open, dropped, echoing } = await held.look();
    expect({ open, dropped, echoing }).toEqual({ open: 200, dropped: 0, echoing: 200 });
  });

  test('restarted nothing', async () => {
    expect(await endpoint.restarts()).toEqual({ nginx: 0, wireguard: 0 });
  });
});

describe('the cluster', () => {
  test('says in its log what is in force, and is ready', async () => {
    const log = await endpoint.logs('wireguard');
    expect(log).toMatch(/^wireguard: in force: 4 addresses, 2 peers, public key/m);
    await until('ready', 20, async () => {
      const { status } = await endpoint.exec('wireguard', 'sh /wireguard/init.sh ready');
      return status === 0;
    });
  });
});
