import { parseAddress, type Range } from '../formats/address';
import type { ParseResult } from '../formats/parse-result';

/** What an offset must be. */
export const OFFSET = 'must be an offset into the network: a whole number from 0';

/**
 * Parses the position of a service address in the network: a whole number from 0.
 *
 * @returns an address where one is given: with the network, the offset it stands for can be told
 */
export function parseOffset(text: string): ParseResult<number | Range> {
  if (!/^(?:0|[1-9]\d*)$/.test(text)) {
    const address = parseAddress(text);
    return 'value' in address ? address : { problem: OFFSET };
  }
  const offset = Number(text);
  return Number.isSafeInteger(offset)
    ? { value: offset }
    : { problem: `is too large an offset; ${Number.MAX_SAFE_INTEGER} is the largest` };
}
