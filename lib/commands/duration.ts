import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** Parses `90s`, `5m` or `1h`; a bare number is seconds. @returns milliseconds */
export function parseDuration(text: string): number {
  const [, amount, unit = 's'] = /^(\d{1,6})([smh])?$/.exec(text) ?? [];
  const factor = UNITS[unit];
  if (amount === undefined || factor === undefined) {
    throw new InvalidArgumentError(
      'A duration is expected, such as 90s, 5m or 1h; names of clusters go before --wait.',
    );
  }
  return Number(amount) * factor;
}
