import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { address, attach, type Side } from './network';
import { sh, until } from './shell';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A machine on one side of the node: a network namespace, and a mount namespace with its own
 * resolv.conf, /run/wireguard and /etc/wireguard.
 */
export class Host {
  readonly address: string;
  readonly folder: string;
  private readonly holder: ChildProcess;
  private readonly children: ChildProcess[] = [];

  constructor(
    readonly name: string,
    readonly side: Side,
    number: number,
    nameserver?: string,
  ) {
    attach(name, side, number);
    this.address = address(side, number);
    this.folder = `/run/e2e/${name}`;
    mkdirSync(`${this.folder}/wireguard`, { recursive: true });
    mkdirSync(`${this.folder}/etc`, { recursive: true });
    writeFileSync(
      `${this.folder}/resolv.conf`,
      nameserver ? `nameserver ${nameserver}\noptions timeout:1 attempts:1\n` : '',
    );
    this.holder = spawn(
      'ip',
      [
        ...['netns', 'exec', name, 'unshare', '--mount', 'sh', '-euc'],
        `mount --bind ${this.folder}/resolv.conf /etc/resolv.conf
        mkdir -p /run/wireguard /etc/wireguard
        mount --bind ${this.folder}/wireguard /run/wireguard
        mount --bind ${this.folder}/etc /etc/wireguard
        touch ${this.folder}/up
        exec sleep infinity`,
      ],
      { stdio: 'ignore' },
    );
    sh(`for i in $(seq 100); do [ -e ${this.folder}/up ] && exit 0; sleep 0.05; done; exit 1`);
  }

  private get enter(): string[] {
    return [`--target=${this.holder.pid ?? 0}`, '--mount', '--net'];
  }

  /** Runs a shell script on this host; never throws for its exit code. */
  async run(script: string, seconds = 30): Promise<Outcome> {
    try {
      const { stdout, stderr } = await promisify(execFile)(
        'nsenter',
        [...this.enter, '/bin/bash', '-c', script],
        { timeout: seconds * 1000, maxBuffer: 1 << 26, killSignal: 'SIGKILL' },
      );
      return { code: 0, stdout, stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code?: number; stdout: string; stderr: string };
      return { code: typeof code === 'number' ? code : 124, stdout, stderr };
    }
  }

  /** Runs a shell script that must succeed. */
  async must(script: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(script);
    if (code !== 0) throw new Error(`${this.name}: ${script}\nexit ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Starts a command that stays; its output goes to `<folder>/<log>.log`. */
  start(log: string, command: readonly string[]): ChildProcess {
    const output = openSync(`${this.folder}/${log}.log`, 'a');
    const child = spawn('nsenter', [...this.enter, ...command], {
      stdio: ['pipe', output, output],
    });
    this.children.push(child);
    return child;
  }

  /** Starts a command and talks to it through pipes. */
  talk(command: readonly string[]): ChildProcess {
    const child = spawn('nsenter', [...this.enter, ...command]);
    this.children.push(child);
    return child;
  }

  log(name: string): string {
    return readFileSync(`${this.folder}/${name}.log`, 'utf8');
  }

  /** Waits until something listens on a TCP port here. */
  async listening(port: number): Promise<void> {
    await until(`${this.name}: a listener on port ${port}`, 15, async () => {
      const { stdout } = await this.run(`ss -Hlnt sport = :${port}`);
      return stdout !== '';
    });
  }

  stop(): void {
    for (const child of [...this.children, this.holder]) child.kill('SIGKILL');
  }
}
