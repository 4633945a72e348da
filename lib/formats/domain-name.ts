import { domainToASCII, domainToUnicode } from 'node:url';

/**
 * The spelling in which domain names are compared, since DNS knows several of each: lower case,
 * without a final dot, international labels in punycode (UTS 46, as in the WHATWG URL standard).
 */
export function canonicalName(name: string): string {
  const plain = name.trim().replace(/\.$/, '').toLowerCase();
  // Only what is not ASCII: of an ASCII name the URL standard would read `1.2` as an address.
  return /^[\x21-\x7e]*$/.test(plain) ? plain : domainToASCII(plain).replace(/\.$/, '') || plain;
}

/** A canonical name as it may be stored: in punycode and, where that differs, in Unicode. */
export function spellings(name: string): readonly string[] {
  if (!/(?:^|\.)xn--/.test(name)) return [name];
  const unicode = domainToUnicode(name);
  return unicode === '' ? [name] : [name, unicode];
}
