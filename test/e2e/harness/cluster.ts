import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Host } from './host';
import { replicasOf } from './manifests';
import { address, createNode, programNodePort } from './network';
import { Pod, type Secrets } from './pod';
import { sh, until } from './shell';
import { inKernel } from './wireguard';

const repository = join(__dirname, '../../..');

export const NODE_PORT = 30342;
export const NAMESERVER = address('pods', 10);

/** A pair of WireGuard keys, made by `wg` itself. */
export function keyPair(): { privateKey: string; publicKey: string } {
  const privateKey = sh('wg genkey').trim();
  return { privateKey, publicKey: sh(`echo ${privateKey} | wg pubkey`).trim() };
}

export type InventoryFile = Readonly<Record<string, unknown>>;

const folder = '/run/e2e/synth';

/** What `npm run synth` writes for an inventory. */
export function synth(inventory: InventoryFile): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'inventory'), { recursive: true });
  writeFileSync(join(folder, 'inventory', 'e2e.yaml'), stringify(inventory));
  execFileSync('npm', ['run', '--silent', 'synth'], {
    cwd: repository,
    env: {
      ...process.env,
      INVENTORY_DIR: join(folder, 'inventory'),
      CDK8S_OUTDIR: join(folder, 'dist'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return readFileSync(join(folder, 'dist/e2e/wireguard.k8s.yaml'), 'utf8');
}

/**
 * Standard output of one of our commands, run in a folder of its own with the inventory that was
 * last synthesized.
 */
export function command(name: 'dns' | 'client', ...args: readonly string[]): string {
  const launcher = [join(repository, 'bin/run.cjs'), join(repository, `lib/commands/${name}.ts`)];
  return spawnSync(process.execPath, [...launcher, ...args], {
    cwd: folder,
    env: { ...process.env, INVENTORY_DIR: join(folder, 'inventory') },
    encoding: 'utf8',
  }).stdout;
}

/** The file `npm run dns` wrote for clients. */
export function clientYaml(): Record<string, unknown> {
  return parse(
    readFileSync(join(folder, 'wireguard-generated-configuration-e2e.yaml'), 'utf8'),
  ) as Record<string, unknown>;
}

/**
 * A cluster with one node, a DNS server and a host for destinations; pods and peers come as tests
 * ask for them. The host key comes from elsewhere, so that tests can hand the pod any other.
 */
export class Cluster {
  readonly hostKey = keyPair();
  readonly dns: Host;
  readonly backends: Host;
  readonly peers = new Map<string, Peer>();
  readonly pods: Pod[] = [];
  private readonly hosts: Host[] = [];
  private readonly records: string[] = [];
  private dnsmasq?: ReturnType<Host['start']>;

  constructor() {
    createNode();
    this.dns = new Host('dns', 'pods', 10);
    this.backends = new Host('backends', 'pods', 20, NAMESERVER);
  }

  /** Secrets as they are in the cluster once Flux has decrypted them. */
  get secrets(): Secrets {
    return { 'e2e-key': { 'private-key': `${this.hostKey.privateKey}\n` } };
  }

  /** What every inventory of these tests has in common; a test adds services. */
  inventory(more: InventoryFile): InventoryFile {
    return {
      network: '10.1.3.16/28',
      peers: Object.fromEntries(
        [...this.peers.values()].map((p) => [
          p.vpnAddress,
          { name: p.host.name, pubkey: p.publicKey },
        ]),
      ),
      nodePort: NODE_PORT,
      key: { secretName: 'e2e-key', pubkey: this.hostKey.publicKey },
      // The same way a user takes on nodes whose kernel has no WireGuard.
      userspace: !inKernel,
      images: { wireguard: 'registry.example/wireguard-go:1.0' },
      ...more,
    };
  }

  /** Names the DNS server answers; everything else below cluster.local does not exist. */
  resolve(records: Readonly<Record<string, string>>): void {
    this.records.splice(
      0,
      Infinity,
      ...Object.entries(records).map(([name, ip]) => `--host-record=${name},${ip}`),
    );
    this.stopDns();
    // --address would answer NXDOMAIN for AAAA, where CoreDNS answers that there is none.
    this.dnsmasq = this.dns.start('dnsmasq', [
      ...['dnsmasq', '--keep-in-foreground', '--no-resolv', '--no-hosts', '--conf-file=/dev/null'],
      ...[
        '--local=/local/',
        '--local=/example/',
        '--pid-file=',
        '--user=root',
        `--listen-address=${NAMESERVER}`,
        '--bind-interfaces',
      ],
      ...this.records,
    ]);
  }

  stopDns(): void {
    this.dnsmasq?.kill('SIGKILL');
    sh(
      `ip netns pids dns | xargs -r -n1 sh -c 'grep -q ^dnsmasq /proc/$0/comm && kill -9 $0 || true'`,
    );
  }

  /** A machine outside that has the name of the endpoint and a key of its own. */
  peer(name: string, number: number, vpnAddress: string): Peer {
    const peer = new Peer(new Host(name, 'outside', number, NAMESERVER), vpnAddress);
    this.hosts.push(peer.host);
    this.peers.set(name, peer);
    return peer;
  }

  /** Makes pods of the manifests, runs them, points the node port at them, and waits for ready. */
  async run(manifests: string): Promise<Pod> {
    const numbers = Array.from({ length: replicasOf(manifests) }, (_, replica) => 30 + replica);
    for (const number of numbers) this.pod(manifests, number).start();
    this.program(numbers);
    for (const pod of this.pods) await pod.becomesReady();
    return this.pods[0] as Pod;
  }

  /** Makes a pod of the manifests, with volumes mounted and no container running. */
  pod(manifests: string, number: number, secrets = this.secrets): Pod {
    const pod = new Pod(`pod${number}`, number, manifests, secrets, NAMESERVER);
    this.pods.push(pod);
    return pod;
  }

  /** Leads the node port of the youngest pod's Service to these pods. */
  program(endpoints: readonly number[]): void {
    const service = this.pods.at(-1)?.service;
    if (service) programNodePort(service, endpoints);
  }

  stop(): void {
    for (const pod of this.pods) pod.kill();
    for (const host of [this.dns, this.backends, ...this.hosts]) host.stop();
  }
}

/** Someone outside, who runs wg-quick with a file. */
export class Peer {
  readonly privateKey: string;
  readonly publicKey: string;

  constructor(
    readonly host: Host,
    readonly vpnAddress: string,
  ) {
    ({ privateKey: this.privateKey, publicKey: this.publicKey } = keyPair());
    writeFileSync(`${host.folder}/etc/e2e.key`, `${this.privateKey}\n`, { mode: 0o600 });
  }

  /** Brings up the tunnel with a wg-quick file. */
  async up(configuration: string): Promise<void> {
    writeFileSync(`${this.host.folder}/etc/e2e.conf`, configuration, { mode: 0o600 });
    await this.host.must('wg-quick up e2e 2>&1');
  }

  async down(): Promise<void> {
    await this.host.run('wg-quick down e2e');
  }

  /** Sends a line to a service and gives what comes back; empty when nothing does. */
  async ask(target: string, seconds = 3): Promise<string> {
    const command = `echo ? | socat -t ${seconds} - TCP:${target},connect-timeout=${seconds}`;
    return (await this.host.run(command, seconds + 5)).stdout;
  }

  /** Waits for a handshake younger than this call. */
  async shakesHands(seconds = 10): Promise<void> {
    const begin = Math.floor(Date.now() / 1000);
    await until(`${this.host.name}: a handshake`, seconds, async () => {
      const { stdout } = await this.host.run('wg show e2e latest-handshakes');
      return Number(stdout.split('\t')[1]) >= begin - 1;
    });
  }
}

/** A wg-quick file as an operator would write it by hand, for tests that are not about ours. */
export function wgQuick(cluster: Cluster, peer: Peer, network = '10.1.3.16/28'): string {
  return `[Interface]
Address = ${peer.vpnAddress}
PostUp = wg set %i private-key /etc/wireguard/e2e.key

[Peer]
PublicKey = ${cluster.hostKey.publicKey}
AllowedIPs = ${network}
Endpoint = ${address('outside', 1)}:${NODE_PORT}
PersistentKeepalive = 5
`;
}
