import { join } from 'node:path';
import type { Peer } from '../../test/e2e/harness/cluster';
import { Held } from '../../test/e2e/harness/held';
import { until } from '../../test/e2e/harness/shell';
import { median } from '../table';
import type { Way } from './setup';

export const CONNECTIONS = 10_000;
/** Connections that live through a change, or do not. */
export const HELD = 200;
export const PINGS = 5000;
export const TRANSFERS = 30;
export const BYTES = 10_000_000;

/**
 * Opens connections to the echo server until there are CONNECTIONS or the rest is refused, sends a
 * line on each every 5 s, and counts those that live when two more have come back on each.
 */
export async function connectionsHeld(peer: Peer, way: Way): Promise<number> {
  const held = new Held(peer.host, way.address, way.echo, CONNECTIONS, 5000);
  try {
    await held.opened(CONNECTIONS, 40);
    const { echoing, echoes } = await held.look();
    const wanted = echoes + 2 * echoing;
    await until('two more echoes', 40, async () => (await held.look()).echoes >= wanted);
    return (await held.look()).echoing;
  } finally {
    held.end();
  }
}

export interface Figure {
  /** Median, in milliseconds. */
  readonly milliseconds: number;
  /** Median of this way's time over the first way's time in the same round. */
  readonly ratio: number;
}

/** Milliseconds of a round trip of one byte, for each way. */
export function roundTrips(peer: Peer, ways: readonly Way[]): Promise<Figure[]> {
  return measure(
    peer,
    ['ping', PINGS, 1],
    ways.map((way) => `${way.address}:${way.echo}`),
  );
}

/** Milliseconds to move BYTES through one connection, for each way. */
export function transfers(
  peer: Peer,
  direction: 'download' | 'upload',
  ways: readonly Way[],
): Promise<Figure[]> {
  return measure(
    peer,
    [direction, TRANSFERS, BYTES],
    ways.map((way) => `${way.address}:${way.bulk}`),
  );
}

async function measure(
  { host }: Peer,
  what: readonly (string | number)[],
  targets: readonly string[],
): Promise<Figure[]> {
  const command = [process.execPath, join(__dirname, 'client.mjs'), ...what, ...targets].join(' ');
  const { code, stdout, stderr } = await host.run(command, 60);
  if (code !== 0) throw new Error(`${command}\nexit ${code}\n${stderr}`);
  const times = JSON.parse(stdout) as number[][];
  return times.map((list) => ({
    milliseconds: median(list),
    ratio: median(list.map((time, round) => time / (times[0]?.[round] ?? NaN))),
  }));
}
