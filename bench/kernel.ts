/**
 * What the proxy costs where the tunnel costs little, in the kernel: `npm run bench:kernel` prints a
 * Markdown table, `npm run bench:kernel -- steps` one of what each setting of nginx adds, `npm run
 * bench:kernel -- portions` one of what a relay gains that reads later, and both ways with a distance.
 * Runs on this kernel where it has WireGuard, else in a guest (test/kernel/run.sh).
 */
import type { Peer } from '../test/e2e/harness/cluster';
import { sh } from '../test/e2e/harness/shell';
import { inKernel } from '../test/e2e/harness/wireguard';
import type { Contender } from './kernel/contender';
import { machine, model } from './kernel/machine';
import { memory, memoryWith } from './kernel/memory';
import { lines } from './kernel/report';
import { KINDS, Rounds, type Kind } from './kernel/rounds';
import { portions } from './kernel/portions';
import { steps } from './kernel/steps';
import { setUp } from './kernel/ways';
import { table } from './table';

const ROUNDS = 5;
// The article's way holds 510.
const HELD = 500;
const SIZES = [1, 16_384];

function say(what: string): void {
  console.error(`${(performance.now() / 1000).toFixed(0)} s: ${what}`);
}

async function main(): Promise<void> {
  const what = process.argv[2];
  if (!inKernel) throw new Error('This kernel has no WireGuard: npm run bench:kernel');
  say('cluster, pod, peer');
  const { cluster, hero, pod, ways } = await setUp();
  const [bare, ours] = ways;
  if (bare === undefined || ours === undefined) throw new Error('the bare tunnel comes first');
  if (what === 'steps') {
    const all = [bare, ...steps(pod, cluster.backends.address), ours];
    await measure(hero, all, ['connections', 'tcp'], []);
  } else if (what === 'portions') {
    await measure(hero, [bare, ours, ...portions(pod, cluster.backends.address)], ['up'], []);
    for (const milliseconds of [1, 5]) {
      console.log(`\nThe peer ${milliseconds} ms away:\n`);
      sh(`tc -n ${hero.host.name} qdisc replace dev eth0 root netem delay ${milliseconds}ms`);
      await measure(hero, [bare, ours], ['down', 'up'], []);
    }
  } else await measure(hero, ways, KINDS, SIZES);
  cluster.stop();
  console.log(machine());
}

async function measure(
  hero: Peer,
  ways: readonly Contender[],
  kinds: readonly Kind[],
  sizes: readonly number[],
): Promise<void> {
  const idle = ways.map(memory);
  // The model counts instructions: a window there is as good as a longer one elsewhere.
  const rounds = new Rounds(hero, ways, kinds, model ? 1 : 5);
  while (rounds.count < ROUNDS) {
    say(`round ${rounds.count + 1} of ${ROUNDS}`);
    await rounds.run();
  }
  const held: string[][] = [];
  for (const size of sizes) {
    say(`connections held after ${size} bytes`);
    const line = [`memory, 1,000 connections after ${size.toLocaleString('en')} B each way`];
    for (const [n, way] of ways.entries()) {
      if (way.pids.length === 0) line.push('');
      else {
        const bytes = (await memoryWith(hero, way, HELD, size)) - (idle[n] ?? NaN);
        line.push(`${((bytes / HELD) * (1000 / 1e6)).toFixed(1)} MB`);
      }
    }
    held.push(line);
  }
  table(['', ...ways.map(({ name }) => name)], [...lines(rounds, ways), ...held]);
}

main().catch((why: unknown) => {
  console.error(why);
  process.exit(1);
});
