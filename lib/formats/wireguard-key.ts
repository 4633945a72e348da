import { write, type Rule } from './parse-result';

/**
 * What `wg` accepts as a key (`key_from_base64` in wireguard-tools' encoding.c): base64 of 32 bytes
 * with padding and no spare bits set. `Buffer.from` accepts a good deal more.
 */
export const KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** A public key in the spelling of {@link KEY}. */
export const publicKey: Rule = (text) => {
  if (KEY.test(text))
    return /^A+=$/.test(text) ? 'is the zero key, which belongs to nobody' : undefined;
  const bytes = Buffer.from(text, 'base64');
  const repair = bytes.toString('base64');
  return `must be a WireGuard key: 32 bytes in canonical base64, 44 characters${write(repair, bytes.length === 32)}`;
};
