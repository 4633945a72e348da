import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { until } from '../e2e/harness/shell';
import { Endpoint, type InventoryFile } from './harness/endpoint';
import { GitServer } from './harness/git-server';
import { apply, get, kubectl, run } from './harness/kubectl';
import { Peer } from './harness/peer';
import { describeWith, readSettings, RUN_LABEL } from './harness/settings';
import { namespaces } from './harness/world';

jest.setTimeout(180_000);

const settings = readSettings();
const { shop } = namespaces(settings.run);
const hero = new Peer('hero', '10.1.2.4');
const yen = new Peer('yen', '10.1.2.9');
const namespace = `${settings.run}-flux-system`;
const echo = `echo.${shop}.svc.cluster.local:7001`;
const services = {
  0: [{ name: 'one', dest: echo, port: 7 }],
  1: [{ name: 'two', dest: echo, port: 7 }],
};

let endpoint: Endpoint;
let server: GitServer;

interface FluxObject {
  readonly kind: string;
  readonly metadata: object;
  readonly spec: Readonly<Record<string, unknown>>;
}

interface Status {
  readonly status?: {
    readonly lastAppliedRevision?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message: string;
    }[];
  };
}

/** The two objects of docs/flux.md, with the names and the place of this run. */
function fluxObjects(url: string, postBuild?: object): object[] {
  const page = readFileSync(join(__dirname, '../../docs/flux.md'), 'utf8');
  const [, block = ''] = /```yaml\n([^]*?)```/.exec(page) ?? [];
  return parseAllDocuments(block).map((document) => {
    const object = document.toJS() as FluxObject;
    const isRepository = object.kind === 'GitRepository';
    const own = isRepository
      ? { url, secretRef: undefined }
      : { path: `./dist/${endpoint.cluster}`, ...(postBuild && { postBuild }) };
    return {
      ...object,
      metadata: { ...object.metadata, namespace },
      spec: { ...object.spec, ...own },
    };
  });
}

const git = async (...args: readonly string[]): Promise<string> => {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
  const { status, stdout, stderr } = await run('git', [
    '-C',
    endpoint.folder,
    ...identity,
    ...args,
  ]);
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
};

/** Commits, pushes, has Flux look now, and waits until it has applied the commit and says it is well. */
async function push(message: string): Promise<void> {
  await git('add', '.');
  await git('commit', '-m', message);
  await reconcile();
}

async function reconcile(): Promise<void> {
  await git('push', 'origin', 'HEAD:main');
  const commit = await git('rev-parse', 'HEAD');
  const now = `reconcile.fluxcd.io/requestedAt=${Date.now()}`;
  await kubectl(['annotate', '-n', namespace, 'gitrepository/wireguard', now, '--overwrite']);
  await until(`Flux has applied "${commit}"`, 90, async () => {
    const { status } = await get<Status>('kustomization', 'wireguard', '-n', namespace);
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    return status?.lastAppliedRevision?.endsWith(commit) && ready?.status === 'True';
  });
}

const change = (inventory: InventoryFile) =>
  endpoint.synth({ key: undefined, services, ...inventory });

describeWith('flux')('Flux', () => {
  let url: string;

  beforeAll(async () => {
    endpoint = new Endpoint('flux', [hero, yen]);
    for (const peer of [hero, yen]) await peer.makeKey('flux');
    const bare = join(settings.folder, 'git');
    await run('git', ['init', '--bare', '--initial-branch=main', join(bare, 'ops.git')]);
    await run('git', ['init', '--initial-branch=main', endpoint.folder]);
    await git('remote', 'add', 'origin', join(bare, 'ops.git'));
    copyFileSync(join(__dirname, '../../.gitignore'), join(endpoint.folder, '.gitignore'));
    server = new GitServer(bare);
    url = `${await server.start()}/ops.git`;
    await apply([
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace, labels: { [RUN_LABEL]: settings.run } },
      },
    ]);
  });

  afterAll(async () => {
    await kubectl(['delete', 'kustomization', '--all', '-n', namespace, '--timeout=60s']);
    server.stop();
    await endpoint.stop();
  });

  test('decrypts the key and applies what docs/flux.md says, with the commands keygen prints', async () => {
    await change({});
    const { status, stderr } = await endpoint.command('keygen', 'flux');
    if (status !== 0) throw new Error(stderr);
    const [command = ''] = /^ *kubectl .*sops-age.*$/m.exec(stderr) ?? [];
    const handed = await run('sh', ['-c', command.replace('flux-system', namespace)], {
      cwd: endpoint.folder,
    });
    expect(handed).toMatchObject({ status: 0, stdout: 'secret/sops-age created\n' });
    await change({});
    await git('add', '.');
    expect(await git('status', '--short')).not.toContain('agekey');
    await git('commit', '-m', 'first');
    await git('push', 'origin', 'HEAD:main');
    await apply(fluxObjects(url));
    await reconcile();
    await endpoint.connect();
    await hero.reaches('tcp', '10.1.3.16', 7);
  });

  test('a postBuild substitution leaves the files of the pod alone', async () => {
    await apply(fluxObjects(url, { substitute: { config: 'substituted', state: 'substituted' } }));
    await until('substituted', 60, async () => {
      const { spec, metadata, status } = await get<{
        spec: { postBuild?: object };
        metadata: { generation: number };
        status: { observedGeneration: number };
      }>('kustomization', 'wireguard', '-n', namespace);
      return spec.postBuild && status.observedGeneration === metadata.generation;
    });
    await reconcile();
    const { status, stdout } = await run('kubectl', ['diff', '--server-side', '-f', '-'], {
      input: endpoint
        .readManifest()
        .split(/^---$/m)
        .filter((text) => /^kind: ConfigMap$/m.test(text))
        .join('---\n'),
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    await apply(fluxObjects(url));
  });

  test('prunes a peer and a service', async () => {
    const { metadata } = await endpoint.pod();
    await change({
      peers: { [hero.address]: { name: 'hero', pubkey: hero.publicKey } },
      services: { 0: services[0] },
    });
    await push('no yen, no two');
    await endpoint.handOver();
    await until('two is gone', 30, async () => (await hero.ask('tcp', '10.1.3.17', 7, 1)) === '');
    expect(await hero.ask('tcp', '10.1.3.16', 7)).toMatch(/^echo-/);
    await until('yen is gone', 30, async () => (await yen.ask('tcp', '10.1.3.16', 7, 1)) === '');
    expect((await endpoint.pod()).metadata.uid).toBe(metadata.uid);
  });

  test('a rotation takes the new key, a rollback the old one', async () => {
    const publicKey = async () =>
      (await endpoint.exec('wireguard', 'wg show wg0 public-key')).stdout.trim();
    const old = await publicKey();
    expect((await endpoint.command('keygen', 'flux', '--rotate')).status).toBe(0);
    await change({});
    await push('rotate');
    await endpoint.handOver();
    await until('the new key', 30, async () => (await publicKey()) !== old);
    await git('revert', '--no-edit', 'HEAD');
    await reconcile();
    await endpoint.handOver();
    await until('the old key', 30, async () => (await publicKey()) === old);
    await hero.reaches('tcp', '10.1.3.16', 7);
  });

  test('a broken inventory changes nothing that could be committed', async () => {
    await expect(change({ peers: { 'no address': {} } })).rejects.toThrow(/no address/);
    await git('checkout', 'inventory');
    expect(await git('status', '--short')).toBe('');
  });

  test('what left dist/ leaves the cluster, and with the Kustomization the endpoint', async () => {
    await kubectl(['delete', 'kustomization', 'wireguard', '-n', namespace, '--timeout=90s']);
    await until('the namespace is gone', 90, async () => {
      const { status } = await run('kubectl', ['get', 'namespace', endpoint.namespace]);
      return status !== 0;
    });
    rmSync(join(endpoint.folder, 'inventory/flux.yaml'));
  });
});
