import { randomBytes } from 'node:crypto';
import nacl from 'tweetnacl';
import { UserError } from '../errors';
import { KEY } from '../formats/wireguard-key';

/** A new private key, clamped and written as `wg genkey` does: canonical base64 of 32 bytes. */
export function generatePrivateKey(): string {
  return clamp(randomBytes(nacl.scalarMult.scalarLength)).toString('base64');
}

/** A new preshared key, as `wg genpsk` writes it: base64 of 32 random bytes. */
export function generatePresharedKey(): string {
  return randomBytes(32).toString('base64');
}

/** The public half of a private key, as `wg pubkey` computes it. Both are canonical base64. */
export function publicKeyOf(privateKey: string): string {
  const scalar = Buffer.from(privateKey, 'base64');
  return Buffer.from(nacl.scalarMult.base(scalar)).toString('base64');
}

/**
 * A private key made elsewhere, clamped: WireGuard does that to every key it is given, so the
 * public half stays the same.
 *
 * @param text what was read; white space around the key is ignored
 * @throws UserError when it is not the canonical base64 of 32 bytes, or all zero
 */
export function parsePrivateKey(text: string): string {
  return clamp(Buffer.from(parseKey(text, 'private'), 'base64')).toString('base64');
}

/**
 * A preshared key made elsewhere.
 *
 * @param text what was read; white space around the key is ignored
 * @throws UserError when it is not the canonical base64 of 32 bytes, or all zero
 */
export function parsePresharedKey(text: string): string {
  return parseKey(text, 'preshared');
}

const ALL_ZERO = Buffer.alloc(32).toString('base64');

/** The messages never show the text: it may be a key with a slip in it. */
function parseKey(text: string, kind: 'private' | 'preshared'): string {
  const key = text.trim();
  if (key === '') {
    throw new UserError(`no ${kind} key on standard input: nothing came before its end`);
  }
  if (!KEY.test(key)) {
    const repair =
      key.length === 32 && kind === 'private'
        ? "32 characters look like Terraform's random_password itself: pipe its base64encode(...)"
        : `pipe the one line \`wg ${kind === 'private' ? 'genkey' : 'genpsk'}\` printed`;
    throw new UserError(
      `no ${kind} key on standard input: ${key.length} characters came, a key is 44, the ` +
        `canonical base64 of 32 bytes; ${repair}`,
    );
  }
  if (key === ALL_ZERO) {
    throw new UserError(
      `the ${kind} key on standard input is all zero, which WireGuard takes for no key`,
    );
  }
  return key;
}

/** Sets the bits every X25519 scalar has (RFC 7748, section 5), in place. */
function clamp(scalar: Buffer): Buffer {
  scalar.writeUInt8(scalar.readUInt8(0) & 248, 0);
  scalar.writeUInt8((scalar.readUInt8(31) & 127) | 64, 31);
  return scalar;
}
