import type { ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import { until } from '../../e2e/harness/shell';
import { exec, type Outcome, talk } from './kubectl';
import { readSettings } from './settings';
import { namespaces, SCRIPTS } from './world';

/** Someone outside of the endpoint's namespace, who runs wg-quick in a pod of its own. */
export class Peer {
  private readonly namespace = namespaces(readSettings().run).peers;
  /** Its WireGuard public key. */
  publicKey = '';

  constructor(
    readonly name: 'hero' | 'yen',
    readonly address: string,
  ) {}

  /** Runs a shell script. */
  sh(script: string, seconds?: number): Promise<Outcome> {
    return exec(this.namespace, this.name, ['sh', '-c', script], { seconds });
  }

  async must(script: string, seconds?: number): Promise<string> {
    const { status, stdout, stderr } = await this.sh(script, seconds);
    if (status !== 0) throw new Error(`${this.name}: ${script}: ${stderr || stdout}`);
    return stdout;
  }

  /** Runs one of the scripts beside this file, which stays until it is ended. */
  talk([program = '', script = '', ...args]: readonly string[]): ChildProcess {
    return talk(this.namespace, this.name, [
      basename(program),
      `${SCRIPTS}/${basename(script)}`,
      ...args,
    ]);
  }

  /** Makes its key, where the file of `npm run client` looks for it. */
  async makeKey(cluster: string): Promise<void> {
    const file = `/etc/wireguard/${cluster}.key`;
    this.publicKey = (
      await this.must(`umask 077; mkdir -p /etc/wireguard; wg genkey >${file}; wg pubkey <${file}`)
    ).trim();
  }

  /** Brings up a tunnel with the file `npm run client` prints, in place of the one it had. */
  async up(cluster: string, configuration: string): Promise<void> {
    const file = `/etc/wireguard/${cluster}.conf`;
    // `kubectl exec` may lose the end of a long standard input.
    await until(`${this.name}: ${file} is whole`, 30, async () => {
      const command = ['sh', '-c', `umask 077; cat >${file}; wc -c <${file}`];
      const { stdout } = await exec(this.namespace, this.name, command, { input: configuration });
      return Number(stdout) === Buffer.byteLength(configuration);
    });
    await this.must(`wg-quick down ${cluster}; wg-quick up ${cluster}`);
  }

  async down(cluster: string): Promise<void> {
    await this.sh(`wg-quick down ${cluster}`);
  }

  /** Who answers; empty when nobody does. */
  async ask(protocol: 'tcp' | 'udp', host: string, port: number, seconds = 3): Promise<string> {
    const { stdout } = await this.sh(
      `node ${SCRIPTS}/ask.mjs ${protocol} ${host} ${port} ${seconds}`,
      seconds + 10,
    );
    return stdout.trim();
  }

  /** Waits until a service answers, and gives the seconds it took. */
  async reaches(
    protocol: 'tcp' | 'udp',
    host: string,
    port: number,
    seconds = 30,
  ): Promise<number> {
    const begin = Date.now();
    await until(`${this.name} reaches ${host}:${port}/${protocol}`, seconds, () =>
      this.ask(protocol, host, port, 1),
    );
    return (Date.now() - begin) / 1000;
  }
}
