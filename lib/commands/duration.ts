import { InvalidArgumentError } from 'commander';
import { readDuration } from '../formats/duration';

/** Parses `90s`, `5m` or `1h30m`; a bare number is seconds. @returns milliseconds */
export function parseDuration(text: string): number {
  const seconds = readDuration(/^\d+$/.test(text) ? `${text}s` : text);
  if (seconds === undefined) {
    throw new InvalidArgumentError(
      'A duration is expected, such as 90s, 5m or 1h; names of clusters go before --wait.',
    );
  }
  return seconds * 1000;
}
