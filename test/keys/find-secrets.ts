import { createPrivateKey, createPublicKey } from 'node:crypto';

/** A secret in a text, described without repeating it. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly what: string;
}

/** What follows a label that only secret keys have; also the base64 of it, as in a Secret's `data`. */
const LABELLED =
  /(?:private|preshared|secret)[-_ ]?key["']?\s*[:=]\s*["'|>\s]*([A-Za-z0-9+/_-]{43}=|[A-Za-z0-9+/]{57,60}={0,2})(?![A-Za-z0-9+/=])/gi;

/** The data part of an identity is 58 bech32 characters, or more of a post-quantum one. */
const IDENTITY = /AGE-SECRET-KEY-(?:PQ-)?1[02-9AC-HJ-NP-Z]{58,}/gi;

const KEY = /(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=(?![A-Za-z0-9+/=])/g;

/**
 * Finds age identities, keys labelled as secret, and, whatever they are called, WireGuard private
 * keys whose public half is in any of the texts too: nothing else can tell the two apart.
 */
export function findSecrets(texts: ReadonlyMap<string, string>): readonly Finding[] {
  const keys = new Set([...texts.values()].flatMap((text) => text.match(KEY) ?? []));
  const announced = new Set([...keys].filter((key) => keys.has(publicKeyOf(key))));
  return [...texts].flatMap(([file, text]) => {
    const at = (index: number, what: string): Finding => {
      return { file, line: text.slice(0, index).split('\n').length, what };
    };
    return [
      ...[...text.matchAll(IDENTITY)].map(({ index }) => at(index, 'age identity')),
      ...[...text.matchAll(LABELLED)].map(({ index }) => at(index, 'labelled key')),
      ...[...text.matchAll(KEY)]
        .filter(([key]) => announced.has(key))
        .map(({ index }) => at(index, 'private half of a public key')),
    ];
  });
}

/** By OpenSSL, from a PKCS#8 wrapping of the scalar; this is no place for our own code. */
function publicKeyOf(privateKey: string): string {
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b656e04220420', 'hex'),
    Buffer.from(privateKey, 'base64'),
  ]);
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return key.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
}
