import { z } from 'zod';
import { parseAddress } from '../formats/address';
import { problemText } from '../formats/parse-result';
import { domainName, looksNumeric } from '../formats/host-name';

const KIND = 'must be a host name, an address or a list of addresses';

/**
 * Where a DNS record leads: to another name, or to addresses. A name stands alone, because a CNAME
 * goes with no other record (RFC 1034, section 3.6.2).
 *
 * @returns the name as text, or the addresses as a list
 */
export function dnsTarget() {
  return z
    .union([z.string(), z.array(z.string())], {
      error: ({ input }) => (input === undefined ? 'is missing; add it' : KIND),
    })
    .transform((input, { issues }): string | readonly string[] => {
      const refuse = (message: string, ...path: number[]) =>
        issues.push({ code: 'custom', message, input, path });
      if (typeof input === 'string' && !looksLikeAddress(input)) {
        const problem = domainName(input);
        if (problem !== undefined) refuse(problem);
        return input;
      }
      const addresses = [input].flat();
      if (addresses.length === 0) refuse('must hold at least one address');
      for (const [index, text] of addresses.entries()) {
        const place = typeof input === 'string' ? [] : [index];
        const result = parseAddress(text);
        if (!looksLikeAddress(text))
          refuse('is not an address; a host name cannot be in a list, write it alone', ...place);
        else if ('problem' in result) refuse(problemText(result), ...place);
        else if (addresses.indexOf(text) < index)
          refuse('is in the list already; remove one', ...place);
      }
      return addresses;
    });
}

function looksLikeAddress(text: string): boolean {
  return looksNumeric(text) || text.includes(':');
}
