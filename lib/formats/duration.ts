import { write, type Rule } from './parse-result';

const UNITS = [86_400, 3600, 60, 1];

/** Seconds in nginx's time notation without spaces, largest unit first: `90s`, `1h30m`, `7d`. */
export function readDuration(text: string): number | undefined {
  const parts = /^(?:(\d{1,3})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,8})s)?$/.exec(text);
  if (parts === null || text === '') return undefined;
  return UNITS.reduce((sum, unit, index) => sum + unit * Number(parts[index + 1] ?? 0), 0);
}

const YEAR = 365 * 86_400;

/** A duration of 1s to 365d. */
export const duration: Rule = (text) => {
  const seconds = readDuration(text);
  if (seconds !== undefined)
    return seconds >= 1 && seconds <= YEAR ? undefined : 'must be 1s to 365d';
  const repair = /^\d+$/.test(text) ? `${text}s` : text.replace(/\s+/g, '').toLowerCase();
  const isKnown = repair !== text && duration(repair) === undefined;
  return `must be a time such as 90s, 30m, 1h30m or 7d${write(repair, isKnown)}`;
};
