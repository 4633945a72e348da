import type { Peer } from '../../test/e2e/harness/cluster';
import { WIRE, type Contender } from './contender';

export const KINDS = ['down', 'up', 'down8', 'up8', 'connections', 'tcp', 'udp'] as const;
export type Kind = (typeof KINDS)[number];

/** One window, as `wire.py` prints it. */
export interface Sample {
  /** Bytes, connections or round trips a second. */
  readonly rate: number;
  /** Processor seconds of everything for each of them. */
  readonly all: number;
  /** The same of the proxy's processes. */
  readonly proxy: number;
  /** Of a transfer: bytes for each packet that came the other way. */
  readonly portion?: number;
}

type Samples = Partial<Record<Kind, Sample>>;

/** What each way does in each round: the ways take turns, and another one begins each round. */
export class Rounds {
  private readonly rounds: Map<Contender, Samples>[] = [];

  constructor(
    private readonly peer: Peer,
    private readonly ways: readonly Contender[],
    readonly kinds: readonly Kind[],
    private readonly length: number,
  ) {}

  get count(): number {
    return this.rounds.length;
  }

  async run(): Promise<void> {
    const first = this.count % this.ways.length;
    const round = new Map<Contender, Samples>();
    for (const way of [...this.ways.slice(first), ...this.ways.slice(0, first)]) {
      round.set(way, await this.measure(way));
    }
    this.rounds.push(round);
  }

  /** The samples of a way, each beside that of another in the same round; none it does not have. */
  pairs(kind: Kind, way: Contender, other: Contender): [Sample, Sample][] {
    return this.rounds.flatMap((round): [Sample, Sample][] => {
      const [one, two] = [round.get(way)?.[kind], round.get(other)?.[kind]];
      return one && two ? [[one, two]] : [];
    });
  }

  private async measure(way: Contender): Promise<Samples> {
    const { address, echo, bulk, pids } = way;
    const what = [address, echo, bulk, this.length, this.kinds, ...pids];
    const command = [...WIRE, 'measure', ...what].join(' ');
    way.enter?.();
    const { code, stdout, stderr } = await this.peer.host.run(command, 120);
    way.leave?.();
    if (code !== 0) throw new Error(`${way.name}: ${command}\nexit ${code}\n${stderr}`);
    return JSON.parse(stdout) as Samples;
  }
}
