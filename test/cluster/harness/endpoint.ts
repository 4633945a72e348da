import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { keyPair } from '../../e2e/harness/cluster';
import { until } from '../../e2e/harness/shell';
import { apply, exec, get, kubectl, type Outcome, run } from './kubectl';
import type { Peer } from './peer';
import { ENDPOINT_NAME, readSettings, RUN_LABEL } from './settings';

const repository = join(__dirname, '../../..');

export type InventoryFile = Readonly<Record<string, unknown>>;

interface Pod {
  readonly metadata: { readonly uid: string };
  readonly status: {
    readonly podIP: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly restartCount: number;
    }[];
  };
}

/** An endpoint of the inventory of a test, in a namespace of its own. */
export class Endpoint {
  readonly settings = readSettings();
  readonly namespace: string;
  readonly folder: string;
  private readonly hostKey = keyPair();

  /** @param cluster name of the inventory file */
  constructor(
    readonly cluster: string,
    readonly peers: readonly Peer[],
  ) {
    this.namespace = `${this.settings.run}-${cluster}`;
    this.folder = join(this.settings.folder, cluster);
    mkdirSync(join(this.folder, 'inventory'), { recursive: true });
  }

  get manifest(): string {
    return join(this.folder, `dist/${this.cluster}/wireguard.k8s.yaml`);
  }

  /** What every inventory has in common, with more laid over it. */
  inventory(more: InventoryFile): InventoryFile {
    const { image, exporterImage, userspace, context, kubeconfig, run } = this.settings;
    const exporter = exporterImage && { exporter: exporterImage };
    return {
      network: '10.1.3.16/28',
      peers: Object.fromEntries(
        this.peers.map((peer) => [peer.address, { name: peer.name, pubkey: peer.publicKey }]),
      ),
      namespace: this.namespace,
      labels: { app: 'wireguard', [RUN_LABEL]: run },
      key: { secretName: 'host-key', pubkey: this.hostKey.publicKey },
      kubernetes: { kubeconfig, context },
      ...(userspace && { userspace }),
      ...(image && { images: { wireguard: image, nginx: image, ...exporter } }),
      ...more,
    };
  }

  /** One of the project's commands, run in the endpoint's folder. */
  command(
    name: 'synth' | 'dns' | 'client' | 'keygen',
    ...args: readonly string[]
  ): Promise<Outcome> {
    const entry = name === 'synth' ? 'main.ts' : `lib/commands/${name}.ts`;
    return run(
      process.execPath,
      [join(repository, 'bin/run.cjs'), join(repository, entry), ...args],
      {
        cwd: this.folder,
        env: {
          ...process.env,
          INVENTORY_DIR: join(this.folder, 'inventory'),
          CDK8S_OUTDIR: join(this.folder, 'dist'),
        },
      },
    );
  }

  /** Writes the manifests of an inventory. */
  async synth(more: InventoryFile): Promise<void> {
    const file = join(this.folder, 'inventory', `${this.cluster}.yaml`);
    writeFileSync(file, stringify(this.inventory(more), { aliasDuplicateObjects: false }));
    const { status, stderr } = await this.command('synth');
    if (status !== 0) throw new Error(stderr);
  }

  /** Applies the manifests as they are, as Flux does. */
  async apply(): Promise<void> {
    await kubectl(['apply', '--server-side', '--validate=strict', '-f', this.manifest]);
  }

  /** Synthesizes, applies, with the host key, and waits until every replica is ready. */
  async run(more: InventoryFile): Promise<void> {
    await this.synth(more);
    await this.apply();
    await apply([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'host-key', namespace: this.namespace },
        stringData: { 'private-key': `${this.hostKey.privateKey}\n` },
      },
    ]);
    await this.ready();
  }

  async ready(seconds = 90): Promise<void> {
    const limit = `--timeout=${seconds}s`;
    await kubectl(['-n', this.namespace, 'rollout', 'status', 'statefulset/wireguard', limit]);
  }

  /** Brings up the tunnels of its peers with the project's own files. */
  async connect(): Promise<void> {
    await this.must('dns', this.cluster, '--wait');
    for (const peer of this.peers) {
      const endpoint = ['--endpoint', ENDPOINT_NAME];
      await peer.up(this.cluster, await this.must('client', this.cluster, peer.name, ...endpoint));
    }
  }

  async must(name: 'dns' | 'client', ...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.command(name, ...args);
    if (status !== 0) throw new Error(`npm run ${name} -- ${args.join(' ')}: ${stderr || stdout}`);
    return stdout;
  }

  pod(name = 'wireguard-0'): Promise<Pod> {
    return get<Pod>('pod', name, '-n', this.namespace);
  }

  /** Makes the kubelet hand over new files at once. */
  async handOver(pod = 'wireguard-0'): Promise<void> {
    const now = `wireguard-endpoint/now=${Date.now()}`;
    await kubectl(['annotate', '-n', this.namespace, 'pod', pod, now, '--overwrite']);
  }

  /** Brings another inventory into force, as fast as can be. */
  async change(inventory: InventoryFile): Promise<void> {
    await this.synth(inventory);
    await this.apply();
    await this.handOver();
  }

  /** Whether a program in its pod gets an answer, without tunnel and proxy. */
  async reaches(address: string, port: number): Promise<boolean> {
    const script = `echo ? | timeout 4 nc -w 2 ${address} ${port}`;
    return (await this.exec('nginx', script)).status === 0;
  }

  exec(container: string, script: string, pod = 'wireguard-0'): Promise<Outcome> {
    return exec(this.namespace, pod, ['sh', '-c', script], { container });
  }

  /** The log of a container. */
  logs(container: string): Promise<string> {
    return kubectl(['logs', '-n', this.namespace, 'wireguard-0', '-c', container]);
  }

  /** How often each container was restarted. */
  async restarts(): Promise<Record<string, number>> {
    const { status } = await this.pod();
    return Object.fromEntries(
      (status.containerStatuses ?? []).map(({ name, restartCount }) => [name, restartCount]),
    );
  }

  /** Waits until the pod says ready, also after a change that made it unready. */
  async saysReady(seconds = 60): Promise<void> {
    await until(`${this.namespace} ready`, seconds, async () => {
      const pod = await this.pod().catch(() => undefined);
      return pod?.status.conditions?.some(
        ({ type, status }) => type === 'Ready' && status === 'True',
      );
    });
  }

  readManifest(): string {
    return readFileSync(this.manifest, 'utf8');
  }

  /** Ends the tunnels and removes the namespace, without waiting for it to be gone. */
  async stop(): Promise<void> {
    for (const peer of this.peers) await peer.down(this.cluster);
    await kubectl(['delete', 'namespace', this.namespace, '--wait=false', '--ignore-not-found']);
  }
}
