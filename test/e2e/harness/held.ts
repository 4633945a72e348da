import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Host } from './host';
import { until } from './shell';

export interface Seen {
  /** Connections that were made. */
  readonly open: number;
  /** Connections that ended, whoever ended them. */
  readonly dropped: number;
  readonly echoes: number;
  /** Connections with an echo in the last ten periods: others may be gone without a word. */
  readonly echoing: number;
  /** The longest wait for an echo since the last look, in milliseconds. */
  readonly worstMs: number;
}

/** Connections that are held open, with a line going back and forth on each. */
export class Held {
  private readonly child: ChildProcess;
  private readonly lines: Interface;

  constructor(
    host: Pick<Host, 'talk'>,
    target: string,
    port: number,
    count: number,
    periodMs = 200,
  ) {
    this.child = host.talk([
      process.execPath,
      join(__dirname, 'hold.mjs'),
      target,
      ...[port, count, periodMs].map(String),
    ]);
    if (!this.child.stdout) throw new Error('no output');
    this.lines = createInterface({ input: this.child.stdout });
  }

  async look(): Promise<Seen> {
    const line = new Promise<string>((resolve) => this.lines.once('line', resolve));
    this.child.stdin?.write('look\n');
    return JSON.parse(await line) as Seen;
  }

  /** Waits until that many are open, and echoes have gone on after a moment. */
  async opened(count: number, seconds = 30): Promise<void> {
    await until(`${count} connections`, seconds, async () => (await this.look()).open >= count);
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}

/** Runs an echo server on a host. */
export async function serveEcho(host: Host, port: number): Promise<void> {
  host.start(`echo-${port}`, [process.execPath, join(__dirname, 'echo.mjs'), String(port)]);
  await host.listening(port);
}
