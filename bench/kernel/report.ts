import { median } from '../table';
import type { Contender } from './contender';
import type { Kind, Rounds, Sample } from './rounds';

const RATIOS: readonly [string, Kind][] = [
  ['to the peer, 1 stream', 'down'],
  ['from the peer, 1 stream', 'up'],
  ['to the peer, 8 streams', 'down8'],
  ['from the peer, 8 streams', 'up8'],
  ['new connections', 'connections'],
];
const TRIPS: readonly [string, Kind][] = [
  ['TCP round trip, added', 'tcp'],
  ['UDP round trip, added', 'udp'],
];
// What the time is spent on, then the unit of the figure and what makes it of seconds for each.
const COSTS: readonly [string, Kind, string, number][] = [
  ['processor time, a gigabyte to the peer', 'down', 's', 1e9],
  ['processor time, a gigabyte from the peer', 'up', 's', 1e9],
  ['processor time, a new connection', 'connections', 'us', 1e6],
  ['processor time, a round trip', 'tcp', 'us', 1e6],
];

const PORTIONS: readonly [string, Kind][] = [
  ['bytes to the peer for each packet it sends', 'down'],
  ['bytes from the peer for each packet it gets', 'up'],
];

/** The lines of the table: medians, with the least and the most of the rounds. The first way is the floor. */
export function lines(rounds: Rounds, ways: readonly Contender[]): string[][] {
  const [floor] = ways as readonly [Contender, ...Contender[]];
  const line = (title: string, show: (way: Contender) => string) => [
    title,
    ...ways.map((way) => show(way)),
  ];
  const spread = (
    kind: Kind,
    way: Contender,
    figure: (own: Sample, floor: Sample) => number,
    digits: number,
  ) => {
    const values = rounds.pairs(kind, way, floor).map(([own, bare]) => figure(own, bare));
    if (values.length === 0) return '';
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return `${median(values).toFixed(digits)} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
  };
  const absolute = (kind: Kind, way: Contender) =>
    median(rounds.pairs(kind, way, floor).map(([{ rate }]) => rate));
  const measured = <T extends readonly [string, Kind, ...unknown[]]>(rows: readonly T[]) =>
    rows.filter(([, kind]) => rounds.kinds.includes(kind));
  return [
    ...measured(RATIOS).map(([title, kind]) =>
      line(title, (way) => {
        if (way !== floor) return spread(kind, way, (own, bare) => own.rate / bare.rate, 2);
        const rate = absolute(kind, way);
        return kind === 'connections'
          ? `${rate.toFixed(0)} a second`
          : `${((rate * 8) / 1e6).toFixed(0)} Mbit/s`;
      }),
    ),
    ...measured(PORTIONS).map(([title, kind]) =>
      line(title, (way) => spread(kind, way, ({ portion = NaN }) => portion / 1000, 1) + ' KB'),
    ),
    ...measured(TRIPS).map(([title, kind]) =>
      line(title, (way) => {
        if (way === floor) return `of ${(1e6 / absolute(kind, way)).toFixed(0)} us`;
        const added = spread(kind, way, (own, bare) => 1e6 / own.rate - 1e6 / bare.rate, 1);
        return added && `${added} us`;
      }),
    ),
    ...measured(COSTS).map(([title, kind, unit, each]) =>
      line(title, (way) => {
        const all = `${spread(kind, way, (own) => own.all * each, 1)} ${unit}`;
        const proxy = spread(kind, way, (own) => own.proxy * each, 1);
        return way.pids.length ? `${all}; its processes ${proxy} ${unit}` : all;
      }),
    ),
  ];
}
