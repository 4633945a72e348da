import { createDecipheriv, createHash } from 'node:crypto';
import { parse, stringify } from 'yaml';
import { hostKeySecret } from '../../lib/keys/secret';
import { encryptSecret } from '../../lib/keys/sops';
import { generatePrivateKey, publicKeyOf } from '../../lib/keys/wireguard-key';
import { disguises, openWithSopsAge } from './fixtures';
import { inventory } from './inventory';

const ENCRYPTED = /^ENC\[AES256_GCM,data:(\S+),iv:(\S+),tag:(\S+),type:str\]$/;

async function identities(count: number) {
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const made = await Promise.all(Array.from({ length: count }, generateX25519Identity));
  const pair = async (identity: string) => [identity, await identityToRecipient(identity)] as const;
  return Promise.all(made.map(pair));
}

const privateKey = generatePrivateKey();
const secret = hostKeySecret(inventory(), privateKey, publicKeyOf(privateKey));

test('every recipient opens it with sops-age', async () => {
  const pairs = await identities(3);
  const encrypted = await encryptSecret(
    secret,
    pairs.map(([, recipient]) => recipient),
  );
  for (const [secretKey] of pairs) {
    const opened: unknown = await openWithSopsAge(stringify(encrypted), secretKey);
    expect(opened).toEqual(secret);
  }
});

test('nobody else does', async () => {
  const [[, recipient], [stranger]] = (await identities(2)) as [[string, string], [string, string]];
  const encrypted = stringify(await encryptSecret(secret, [recipient]));
  await expect(openWithSopsAge(encrypted, stranger)).rejects.toThrow();
});

test('only the value is encrypted, and it shows nowhere', async () => {
  const [[, recipient]] = (await identities(1)) as [[string, string]];
  const encrypted = await encryptSecret(secret, [recipient], new Date('2026-11-23T01:02:03.456Z'));
  const { stringData, sops, ...clear } = encrypted;
  expect({ ...clear, stringData: secret.stringData }).toEqual(secret);
  expect(Object.keys(stringData)).toEqual(['private-key']);
  const [, data, iv, tag] = (ENCRYPTED.exec(stringData['private-key'] ?? '') ?? []).map((part) =>
    Buffer.from(part, 'base64'),
  );
  expect([data?.length, iv?.length, tag?.length]).toEqual([44, 32, 16]);
  expect(sops.mac).toMatch(ENCRYPTED);
  expect(sops).toMatchObject({
    encrypted_regex: '^(data|stringData)$',
    lastmodified: '2026-11-23T01:02:03Z',
    mac_only_encrypted: true,
  });
  for (const form of disguises(privateKey)) expect(stringify(encrypted)).not.toContain(form);
});

test('two encryptions of one Secret share neither data key, value nor MAC', async () => {
  const [[identity, recipient]] = (await identities(1)) as [[string, string]];
  const encryptions = [
    await encryptSecret(secret, [recipient]),
    await encryptSecret(secret, [recipient]),
  ] as const;
  const { Decrypter, armor } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const dataKeys = await Promise.all(
    encryptions.map(({ sops }) => decrypter.decrypt(armor.decode(sops.age[0]?.enc ?? ''))),
  );
  expect(dataKeys.map(({ length }) => length)).toEqual([32, 32]);
  expect(dataKeys[0]).not.toEqual(dataKeys[1]);
  expect(encryptions[0].stringData).not.toEqual(encryptions[1].stringData);
  expect(encryptions[0].sops.mac).not.toBe(encryptions[1].sops.mac);
});

test('the text is read back as it was', async () => {
  const [[, recipient]] = (await identities(1)) as [[string, string]];
  const encrypted = await encryptSecret(secret, [recipient]);
  expect(parse(stringify(encrypted, { version: '1.1', lineWidth: 0 }))).toEqual(encrypted);
});

test("the MAC is SOPS' own, of the encrypted value alone, and bound to the time", async () => {
  const [[identity, recipient]] = (await identities(1)) as [[string, string]];
  const { sops } = await encryptSecret(secret, [recipient]);
  const { Decrypter, armor } = await import('age-encryption');
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const key = await decrypter.decrypt(armor.decode(sops.age[0]?.enc ?? ''));
  const [data, iv, tag] = (ENCRYPTED.exec(sops.mac) ?? [])
    .slice(1)
    .map((part) => Buffer.from(part, 'base64')) as [Buffer, Buffer, Buffer];
  const cipher = createDecipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(sops.lastmodified)).setAuthTag(tag);
  const mac = Buffer.concat([cipher.update(data), cipher.final()]).toString();
  const only = createHash('sha256').update('sops').digest();
  expect(mac).toBe(
    createHash('sha512').update(only).update(privateKey).digest('hex').toUpperCase(),
  );
  expect(sops).toMatchObject({ version: '3.9.0', age: [{ recipient }] });
});
