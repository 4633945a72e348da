import { createPrivateKey, createPublicKey } from 'node:crypto';

/** The public half as OpenSSL computes it, from a PKCS#8 wrapping of the scalar. */
export function opensslPublicKey(privateKey: string): string {
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b656e04220420', 'hex'),
    Buffer.from(privateKey, 'base64'),
  ]);
  const key = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
  return key.export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
}
