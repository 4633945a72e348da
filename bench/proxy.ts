/**
 * What the proxy costs, and what a change does to who is connected: `npm run bench:proxy` prints a
 * Markdown table. The article's way and the bare tunnel are measured beside ours, in the same run.
 */
import { changes, type Effect } from './proxy/change';
import { machine, method } from './proxy/method';
import { serve, setUp } from './proxy/setup';
import {
  BYTES,
  CONNECTIONS,
  connectionsHeld,
  HELD,
  roundTrips,
  transfers,
  type Figure,
} from './proxy/steady';
import { table } from './table';

const SECONDS = 240;

const count = (value: number) => value.toLocaleString('en');
const seconds = (value: number) => `${value.toFixed(1)} s`;
const milliseconds = (value: number) => `${value.toFixed(3)} ms`;
const trip = (figure: Figure) =>
  `${milliseconds(figure.milliseconds)} (${figure.ratio.toFixed(2)})`;
const speed = (figure: Figure) =>
  `${((BYTES * 8) / 1000 / figure.milliseconds).toFixed(0)} Mbit/s (${(1 / figure.ratio).toFixed(2)})`;

function say(what: string): void {
  console.error(`${(performance.now() / 1000).toFixed(0)} s: ${what}`);
}

async function main(): Promise<void> {
  say('cluster, pod, peer');
  const setup = await setUp(serve);
  const { cluster, hero, ways } = setup;
  const all = [ways.bare, ways.ours, ways.article];
  say('round trips');
  const trips = await roundTrips(hero, all);
  say('transfers');
  const down = await transfers(hero, 'download', all);
  const up = await transfers(hero, 'upload', all);
  say('connections held');
  const held: number[] = [];
  for (const way of all) held.push(await connectionsHeld(hero, way));
  say('changes');
  const { ours, article } = await changes(setup);
  cluster.stop();

  const added = trips.map((figure) => figure.milliseconds - (trips[0]?.milliseconds ?? NaN));
  const effects = (show: (effect: Effect) => string) => ['', show(ours), show(article)];
  table(
    ['', 'bare tunnel', 'this endpoint', "the article's way"],
    [
      [`connections held, of ${count(CONNECTIONS)}`, ...held.map(count)],
      [`of ${HELD} connections, dropped by a change`, ...effects((e) => count(e.dropped))],
      ['a new peer reaches a new service after', ...effects((e) => seconds(e.seconds))],
      ['meanwhile no new connection for other peers', ...effects((e) => seconds(e.silence))],
      ['throughput to the peer', ...down.map(speed)],
      ['throughput from the peer', ...up.map(speed)],
      ['round trip', ...trips.map(trip)],
      ['added latency', '', ...added.slice(1).map(milliseconds)],
    ],
  );
  console.log(`${machine()}\n\n${method()}`);
}

function fail(why: unknown): never {
  console.error(why);
  process.exit(1);
}

const limit = setTimeout(() => fail(`Not done within ${SECONDS} s.`), SECONDS * 1000);
main().then(() => {
  clearTimeout(limit);
}, fail);
