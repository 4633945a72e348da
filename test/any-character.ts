import fc from 'fast-check';

/**
 * Any character of Unicode: what fast-check's unit `binary` is, for which it makes a table of all of
 * them first.
 */
export const anyCharacter = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));
