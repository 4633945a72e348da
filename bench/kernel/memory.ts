import { readFileSync } from 'node:fs';
import type { Peer } from '../../test/e2e/harness/cluster';
import { until } from '../../test/e2e/harness/shell';
import { WIRE, type Contender } from './contender';

/** Bytes of a proxy's processes while connections are held, when each has moved some bytes. */
export async function memoryWith(
  peer: Peer,
  way: Contender,
  connections: number,
  bytes: number,
): Promise<number> {
  const target = [way.address, way.echo, connections, bytes].map(String);
  const holder = peer.host.talk([...WIRE, 'hold', ...target]);
  let said = '';
  holder.stdout?.on('data', (data: Buffer) => (said += data.toString()));
  await until(`${way.name}: ${connections} connections`, 120, () => said.includes('\n'));
  const held = memory(way);
  holder.kill('SIGKILL');
  return held;
}

/** Proportional set size of a proxy's processes: what they share counts once. */
export function memory({ pids }: Contender): number {
  const kilobytes = pids.map((pid) =>
    Number(/^Pss:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]),
  );
  return kilobytes.reduce((sum, one) => sum + one * 1024, 0);
}
