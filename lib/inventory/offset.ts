import type { ParseResult } from '../formats/parse-result';

/** Parses the position of a service address in the network: a whole number from 0. */
export function parseOffset(text: string): ParseResult<number> {
  if (!/^(?:0|[1-9]\d*)$/.test(text))
    return { problem: 'must be an offset into the network: a whole number from 0' };
  const offset = Number(text);
  return Number.isSafeInteger(offset)
    ? { value: offset }
    : { problem: `is too large an offset; ${Number.MAX_SAFE_INTEGER} is the largest` };
}
