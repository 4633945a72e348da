import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command as synth } from '../../lib/commands/synth';
import { encryptHostKey, encryptPresharedKey } from '../../lib/keys/keygen';
import { generatePrivateKey, publicKeyOf } from '../../lib/keys/wireguard-key';
import { run } from '../commands/run';
import { findSecrets } from './find-secrets';
import { disguises, emptyFolder, filesBelow } from './fixtures';
import { inventory, peer } from './inventory';

const ROOT = join(__dirname, '../..');

/** What git tracks and what it would with `git add --all`: the sources, secrets/ and dist/. */
function tracked(): Map<string, string> {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  const isFile = (file: string) => statSync(join(ROOT, file), { throwIfNoEntry: false })?.isFile();
  const files = [...new Set(listed.split('\0'))].filter(isFile);
  return new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'latin1')]));
}

const find = (text: string) => findSecrets(new Map([['file', text]])).map(({ what }) => what);

describe('the detector', () => {
  const privateKey = generatePrivateKey();
  const publicKey = publicKeyOf(privateKey);
  const encoded = Buffer.from(privateKey).toString('base64');

  test.each([
    ['a wg configuration', `[Interface]\nPrivateKey = ${privateKey}\n`],
    ['a preshared key', `PresharedKey=${privateKey}`],
    ['a Secret', `stringData:\n  private-key: ${privateKey}\n`],
    ['a Secret in JSON', `{"stringData":{"private-key":"${privateKey}"}}`],
    ['a Secret with encoded data', `data:\n  private-key: ${encoded}\n`],
    ['an encoded file with its last newline', `data:\n  private-key: ${btoa(`${privateKey}\n`)}\n`],
    ['a block', `private-key: |\n    ${privateKey}\n`],
    ['a variable', `export WG_PRIVATE_KEY='${privateKey}'`],
  ])('finds %s', (_, text) => {
    expect(find(text)).toEqual(['labelled key']);
  });

  test('finds a private key by its public half, in another file', () => {
    const texts = new Map([
      ['a.yaml', `\nx: ${privateKey} # ours\n`],
      ['b.yaml', `public: "${publicKey}"`],
    ]);
    expect(findSecrets(texts)).toEqual([
      { file: 'a.yaml', line: 2, what: 'private half of a public key' },
    ]);
  });

  test('finds identities', async () => {
    const { generateX25519Identity, generateHybridIdentity } = await import('age-encryption');
    expect(find(`x ${await generateX25519Identity()}`)).toEqual(['age identity']);
    expect(find((await generateHybridIdentity()).toLowerCase())).toEqual(['age identity']);
  });

  test.each([
    ['public keys', `pubkey: ${publicKey}\nPublicKey = ${publicKey}\npublic-key: ${publicKey}`],
    ['encrypted values', `private-key: ENC[AES256_GCM,data:${encoded},iv:${publicKey},tag:x]`],
    ['paths', 'PrivateKey = /run/wireguard-key/private-key'],
    ['words about identities', 'AGE-SECRET-KEY-1... is how an identity begins'],
    ['digests', `"integrity": "sha512-${'A'.repeat(86)}=="`],
  ])('leaves %s alone', (_, text) => {
    expect(find(text)).toEqual([]);
  });
});

test('nothing in the repository, nor in what synth wrote, is a secret', () => {
  const files = tracked();
  expect(files.size).toBeGreaterThan(10);
  expect(findSecrets(files)).toEqual([]);
});

test('nothing that keygen and synth write, but the identity, is a secret', async () => {
  const folder = emptyFolder();
  const privateKey = generatePrivateKey();
  const peers = [peer('hero', true)];
  await encryptHostKey(inventory(), { folder, imported: privateKey });
  const { presharedKey = '' } = await encryptPresharedKey(inventory({ peers }), 'hero', { folder });
  mkdirSync(join(folder, 'inventory'));
  const plain = readFileSync(join(ROOT, 'test/fixtures/valid/article.yaml'), 'utf8');
  const withPsk = plain.replace('{ name: hero,', '{ name: hero, psk: true,');
  writeFileSync(join(folder, 'inventory/myth.yaml'), withPsk);
  expect(await run(synth, [], { folder })).toMatchObject({ code: 0 });

  const files = new Map(filesBelow(folder));
  expect(files.get('dist/myth/wireguard.k8s.yaml')).toMatch(
    /wireguard-psk-hero[^]*ENC\[AES256_GCM/,
  );
  expect(findSecrets(files).map(({ file }) => file)).toEqual(['age.agekey']);
  for (const key of [privateKey, presharedKey]) {
    for (const [file, content] of files) {
      expect([file, disguises(key).filter((form) => content.includes(form))]).toEqual([file, []]);
    }
  }
});

test('no identity and no configuration of a client can be committed', () => {
  const names = [
    'age.agekey',
    '.0123456789ab.age.agekey',
    'wireguard-generated-configuration-x.yaml',
  ];
  const ignored = execFileSync('git', ['check-ignore', ...names], { cwd: ROOT, encoding: 'utf8' });
  expect(ignored.trim().split('\n')).toEqual(names);
});
