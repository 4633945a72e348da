import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  fchownSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual, promisify } from 'node:util';
import type { k8s } from 'cdk8s-plus-28';
import type { Outcome } from './host';
import { namespaceOf, objects, podOf, serviceOf, type Service } from './manifests';
import { address, attach } from './network';
import { sh, until } from './shell';
import { Volume } from './volume';

export type Secrets = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The pod of a synthesized manifest, run by hand: its containers share a network namespace, and get
 * the commands, rights, volumes and probes the manifest gives them.
 */
export class Pod {
  readonly address: string;
  private readonly folder: string;
  private readonly spec: k8s.PodSpec;
  private readonly volumes = new Map<string, Volume>();
  private readonly running = new Map<string, { process: ChildProcess; init: number }>();

  constructor(
    readonly name: string,
    number: number,
    private manifests: string,
    private secrets: Secrets,
    nameserver: string,
  ) {
    attach(name, 'pods', number);
    this.address = address('pods', number);
    this.folder = `/run/e2e/${name}`;
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(
      join(this.folder, 'resolv.conf'),
      `search ${namespaceOf(manifests)}.svc.cluster.local\nnameserver ${nameserver}\n`,
    );
    this.spec = podOf(manifests);
    for (const { name: sysctl, value } of this.spec.securityContext?.sysctls ?? []) {
      sh(`ip netns exec ${name} sysctl -qw ${sysctl}=${value}`);
    }
    // A pod's namespace takes over what the node has set.
    sh(`ip netns exec ${name} sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1`);
    for (const volume of this.spec.volumes ?? []) {
      if (volume.hostPath) continue;
      const path = join(this.folder, 'volumes', volume.name);
      mkdirSync(path, { recursive: true });
      if (volume.emptyDir) chmodSync(path, 0o777);
      else this.volumes.set(volume.name, new Volume(path));
    }
    this.mountConfiguration(manifests);
    this.mountSecrets(secrets);
  }

  /** How the cluster reaches it. */
  get service(): Service {
    return serviceOf(this.manifests);
  }

  /**
   * What the kubelet does when the ConfigMaps have changed.
   *
   * @throws when the pod itself has changed: then there would be a new one
   */
  mountConfiguration(manifests: string): void {
    if (!isDeepStrictEqual(podOf(manifests), this.spec)) throw new Error('the pod has changed');
    this.manifests = manifests;
    this.writeVolumes((volume) => volume.projected?.sources?.some((s) => s.configMap) ?? false);
  }

  /** What the kubelet does when the Secrets have changed. */
  mountSecrets(secrets: Secrets): void {
    this.secrets = secrets;
    this.writeVolumes((v) => v.secret ?? v.projected?.sources?.some((s) => s.secret) ?? false);
  }

  /** What the kubelet does when it has the new version of one ConfigMap and not yet of the others. */
  mountOneConfigMap(name: string, manifests: string): void {
    const data = objects(manifests).find((o) => o.metadata.name === name && o.data)?.data;
    this.mountFiles(data ?? {});
  }

  /** Changes files of the configuration by hand, as no synthesis would. */
  mountFiles(files: Readonly<Record<string, string>>): void {
    const config = this.spec.volumes?.find((volume) => volume.name === 'config');
    if (config) this.volumes.get('config')?.write({ ...this.content(config), ...files });
  }

  start(...names: readonly string[]): void {
    for (const container of this.spec.containers) {
      if (names.length === 0 || names.includes(container.name)) this.run(container);
    }
  }

  /** Process id of a container's first process. */
  init(name: string): number {
    return this.running.get(name)?.init ?? 0;
  }

  /** Ends a container with a signal to its first process, and waits until it is gone. */
  async stop(name: string, signal: NodeJS.Signals = 'SIGTERM', seconds = 12): Promise<void> {
    const { process: child, init } = this.container(name);
    process.kill(init, signal);
    await until(
      `${name}: gone after ${signal}`,
      seconds,
      () => child.exitCode !== null || child.signalCode !== null,
    );
    this.running.delete(name);
  }

  /** The pod is gone from one moment to the next, as with its node. */
  kill(): void {
    for (const { process: child } of this.running.values()) child.kill('SIGKILL');
    this.running.clear();
  }

  isRunning(name: string): boolean {
    const child = this.running.get(name)?.process;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Asks a container's probe as the kubelet does: exit code 0 is yes. */
  async probe(name: string, kind: 'readinessProbe' | 'livenessProbe'): Promise<Outcome> {
    const container = this.container(name).spec;
    const command = container[kind]?.exec?.command;
    if (!command) throw new Error(`${name} has no ${kind}`);
    return this.exec(name, command);
  }

  async ready(): Promise<boolean> {
    for (const { name } of this.spec.containers) {
      if (!this.isRunning(name) || (await this.probe(name, 'readinessProbe')).code !== 0)
        return false;
    }
    return true;
  }

  async becomesReady(seconds = 20): Promise<void> {
    await until(`${this.name}: ready`, seconds, () => this.ready()).catch((error: unknown) => {
      throw new Error(
        `${String(error)}\n${this.spec.containers.map((c) => this.log(c.name)).join('\n')}`,
      );
    });
  }

  /** Runs a command inside a container with the container's rights. */
  async exec(name: string, command: readonly string[]): Promise<Outcome> {
    const { init, spec } = this.container(name);
    const enter = [`--target=${init}`, '--mount', '--net', '--pid', '--root', '--wd'];
    const args = [...enter, 'setpriv', ...rights(spec), '--', ...command];
    try {
      const env = { PATH: '/bin:/usr/sbin:/usr/bin' };
      const { stdout, stderr } = await promisify(execFile)('nsenter', args, {
        env,
        timeout: 10_000,
      });
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code?: number; stdout: string; stderr: string };
      return { code: typeof code === 'number' ? code : 124, stdout, stderr };
    }
  }

  /** Runs a shell script in the pod's network with all rights, to look or to break something. */
  inNetwork(script: string): string {
    return sh(`ip netns exec ${this.name} unshare --mount sh -euc '
      mkdir -p /run/wireguard
      mount --bind ${this.folder}/volumes/wireguard-state /run/wireguard
      ${script.replaceAll("'", `'\\''`)}'`);
  }

  log(name: string): string {
    return readFileSync(join(this.folder, `${name}.log`), 'utf8');
  }

  private run(container: k8s.Container): void {
    const { name } = container;
    const log = openSync(join(this.folder, `${name}.log`), 'a');
    // The runtime hands a container's output to its user (runc, fixStdioPermissions).
    fchownSync(log, container.securityContext?.runAsUser ?? 0, -1);
    const root = join(this.folder, 'roots', name);
    mkdirSync(root, { recursive: true });
    const mounts = (container.volumeMounts ?? []).map((mount) => {
      const volume = this.spec.volumes?.find((v) => v.name === mount.name);
      const source = volume?.hostPath?.path ?? join(this.folder, 'volumes', mount.name);
      return `${source}:${mount.mountPath}:${mount.readOnly ? 'ro' : 'rw'}`;
    });
    const child = spawn(
      'ip',
      [
        ...['netns', 'exec', this.name, 'unshare', '--mount', '--pid', '--fork', '--kill-child'],
        ...[join(__dirname, 'container.sh'), root, imageShell()],
        container.securityContext?.readOnlyRootFilesystem ? 'ro' : 'rw',
        join(this.folder, 'resolv.conf'),
        ...mounts,
        '--',
        ...rights(container),
        '--',
        ...(container.command ?? []),
      ],
      {
        stdio: ['ignore', log, log],
        env: { ...process.env, PLAIN_ALPINE: container.image?.startsWith('alpine:') ? '1' : '' },
      },
    );
    const children = `/proc/${child.pid}/task/${child.pid}/children`;
    sh(`for i in $(seq 100); do [ -n "$(cat ${children})" ] && exit 0; sleep 0.05; done; exit 1`);
    const init = Number(readFileSync(children, 'utf8').trim().split(' ')[0]);
    this.running.set(name, { process: child, init });
  }

  private container(name: string) {
    const spec = this.spec.containers.find((container) => container.name === name);
    const running = this.running.get(name);
    if (!spec || !running) throw new Error(`${name} does not run`);
    return { spec, ...running };
  }

  private writeVolumes(which: (volume: k8s.Volume) => unknown): void {
    for (const volume of (this.spec.volumes ?? []).filter(which)) {
      const mode = volume.secret?.defaultMode ?? volume.projected?.defaultMode ?? 0o644;
      this.volumes.get(volume.name)?.write(this.content(volume), mode);
    }
  }

  private content(volume: k8s.Volume): Record<string, string> {
    if (volume.secret) return this.secrets[volume.secret.secretName ?? ''] ?? {};
    const parts = (volume.projected?.sources ?? []).map(({ configMap, secret }) => {
      if (configMap) {
        return (
          objects(this.manifests).find(
            (o) => o.kind === 'ConfigMap' && o.metadata.name === configMap.name,
          )?.data ?? {}
        );
      }
      const data = this.secrets[secret?.name ?? ''] ?? {};
      return Object.fromEntries(
        (secret?.items ?? []).flatMap(({ key, path }) => {
          const value = data[key];
          return value === undefined ? [] : [[path, value]];
        }),
      );
    });
    return Object.assign({}, ...parts) as Record<string, string>;
  }
}

/** A container's security context in the words of setpriv(1). */
function rights({ name, securityContext: context }: k8s.Container): string[] {
  if (!context?.capabilities?.drop?.includes('ALL')) throw new Error(`${name} keeps capabilities`);
  const added = (context.capabilities.add ?? []).map(
    (capability) => `+${capability.toLowerCase()}`,
  );
  return [
    `--reuid=${context.runAsUser ?? 0}`,
    `--regid=${context.runAsGroup ?? 0}`,
    '--clear-groups',
    '--inh-caps=-all',
    `--bounding-set=${['-all', ...added].join(',')}`,
    ...(context.allowPrivilegeEscalation === false ? ['--no-new-privs'] : []),
  ];
}

/**
 * Busybox as Alpine builds it, where a command is looked up in PATH first: Debian's would run its own
 * `ip`, so in a copy that applet goes by another name.
 */
function imageShell(): string {
  const shell = '/run/e2e/busybox';
  if (!existsSync(shell)) {
    const binary = readFileSync('/bin/busybox', 'latin1');
    if (!binary.includes('\0ip\0')) throw new Error('busybox has no applet ip to rename');
    const renamed = binary.replace('\0ip\0', '\0iq\0');
    writeFileSync(shell, renamed, { encoding: 'latin1', mode: 0o755 });
  }
  return shell;
}
