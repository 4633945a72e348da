import { write, type Rule } from './parse-result';

/**
 * What `wg` accepts as a key (`key_from_base64` in wireguard-tools' encoding.c): base64 of 32 bytes
 * with padding and no spare bits set. `Buffer.from` accepts a good deal more.
 */
export const KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** A public key in the spelling of {@link KEY}, and one that `wg pubkey` can print. */
export const publicKey: Rule = (text) => {
  const bytes = Buffer.from(text, 'base64');
  if (KEY.test(text)) return impossible(bytes);
  const repair = bytes.toString('base64');
  return `must be a WireGuard key: 32 bytes in canonical base64, 44 characters${write(repair, bytes.length === 32)}`;
};

const REPAIR = '; give the key that `wg pubkey` prints';

/**
 * Why no private key belongs to these 32 bytes, least significant first: X25519 computes public keys
 * modulo the prime 2^255-19 (RFC 7748, section 5), and none of them is a point of low order. With such
 * a point every handshake fails: WireGuard refuses a shared secret of zero.
 */
function impossible(bytes: Buffer): string | undefined {
  const top = bytes.readUInt8(31);
  const point = top < 0x80 ? bytes : Buffer.from([...bytes.subarray(0, 31), top & 0x7f]);
  if (point.every((byte) => byte === 0) && top === 0)
    return 'is the zero key, which belongs to nobody';
  if (LOW_ORDER.has(point.toString('hex')))
    return `is a point of low order, with which no handshake succeeds${REPAIR}`;
  if (top >= 0x80) return `has bit 255 set, which no public key has${REPAIR}`;
  const isReduced =
    top < 0x7f || bytes.readUInt8(0) < 0xed || bytes.subarray(1, 31).some((byte) => byte < 0xff);
  return isReduced ? undefined : `is not below 2^255-19, as every public key is${REPAIR}`;
}

/**
 * The coordinates of all points of low order on Curve25519 and its twist, in hexadecimal, and those
 * that are the same modulo the prime (cr.yp.to/ecdh.html, "How do I validate Curve25519 public keys?").
 */
const LOW_ORDER = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
]);
