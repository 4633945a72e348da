import type { ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Peer } from './peer';

export interface Watched {
  readonly answered: number;
  readonly failed: number;
  /** The longest time without an answer since the last look, milliseconds. */
  readonly gapMs: number;
  /** Name of the pod that answered last. */
  readonly by: string;
}

/** New connections of a peer to a service, ten a second, and who answers them. */
export class Watch {
  private readonly child: ChildProcess;
  private readonly lines: Interface;

  constructor(peer: Peer, host: string, port: number) {
    this.child = peer.talk(['node', 'watch.mjs', host, String(port)]);
    if (!this.child.stdout) throw new Error('no output');
    this.lines = createInterface({ input: this.child.stdout });
  }

  async look(): Promise<Watched> {
    const line = new Promise<string>((resolve) => this.lines.once('line', resolve));
    this.child.stdin?.write('look\n');
    return JSON.parse(await line) as Watched;
  }

  end(): void {
    this.child.kill();
  }
}
