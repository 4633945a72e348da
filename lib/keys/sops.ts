import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { ENCRYPTED_REGEX, type PlainSecret } from './secret';

/** `MACOnlyEncryptedInitialization` in SOPS' sops.go: sha256("sops"). */
const MAC_ONLY_ENCRYPTED = createHash('sha256').update('sops').digest();

/** The oldest SOPS that knows `mac_only_encrypted`. */
const SOPS_VERSION = '3.9.0';

/** A Secret as SOPS writes it: `stringData` encrypted, everything needed to open it in `sops`. */
interface SopsSecret extends PlainSecret {
  readonly sops: {
    readonly age: readonly { readonly enc: string; readonly recipient: string }[];
    readonly encrypted_regex: string;
    readonly lastmodified: string;
    readonly mac: string;
    readonly mac_only_encrypted: true;
    readonly version: string;
  };
}

/**
 * Encrypts a Secret the way SOPS 3.9 and later do: each value with a fresh data key, the data key
 * to each recipient as an age file of its own.
 *
 * @param recipients age recipients (`age1...`), at least one
 */
export async function encryptSecret(
  secret: PlainSecret,
  recipients: readonly string[],
  now: Date = new Date(),
): Promise<SopsSecret> {
  const dataKey = randomBytes(32);
  const mac = createHash('sha512').update(MAC_ONLY_ENCRYPTED);
  const stringData: Record<string, string> = {};
  for (const [entry, value] of Object.entries(secret.stringData)) {
    mac.update(value);
    stringData[entry] = encrypt(value, dataKey, `stringData:${entry}:`);
  }
  const lastmodified = now.toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    ...secret,
    stringData,
    sops: {
      age: await Promise.all(
        recipients.map(async (recipient) => ({ enc: await wrap(dataKey, recipient), recipient })),
      ),
      encrypted_regex: ENCRYPTED_REGEX,
      lastmodified,
      mac: encrypt(mac.digest('hex').toUpperCase(), dataKey, lastmodified),
      mac_only_encrypted: true,
      version: SOPS_VERSION,
    },
  };
}

/** One value in SOPS' notation (aes/cipher.go): AES-256-GCM with an IV of 32 bytes. */
function encrypt(value: string, dataKey: Buffer, additionalData: string): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', dataKey, iv).setAAD(Buffer.from(additionalData));
  const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  const fields = { data, iv, tag: cipher.getAuthTag() };
  const text = Object.entries(fields).map(([name, bytes]) => `${name}:${bytes.toString('base64')}`);
  return `ENC[AES256_GCM,${text.join(',')},type:str]`;
}

/** The data key as an armored age file. */
async function wrap(dataKey: Buffer, recipient: string): Promise<string> {
  const { Encrypter, armor } = await import('age-encryption');
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(dataKey));
}
