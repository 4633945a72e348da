import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs a shell script that must succeed, and gives its standard output. */
export function sh(script: string): string {
  return execFileSync('/bin/sh', ['-euc', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/**
 * Asks again every 100 ms until the answer is truthy, and gives it.
 *
 * @throws when the seconds are over, naming what was waited for
 */
export async function until<T>(
  what: string,
  seconds: number,
  ask: () => T | Promise<T>,
): Promise<NonNullable<T>> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s`);
    await sleep(100);
  }
}
