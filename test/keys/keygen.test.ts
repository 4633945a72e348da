import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { UserError } from '../../lib/errors';
import { encryptHostKey, encryptPresharedKey } from '../../lib/keys/keygen';
import { readHostKey } from '../../lib/keys/read-host-key';
import {
  generatePresharedKey,
  generatePrivateKey,
  publicKeyOf,
} from '../../lib/keys/wireguard-key';
import { disguises, emptyFolder, filesBelow, openWithSopsAge } from './fixtures';
import { inventory, peer } from './inventory';

const HOST_KEY = 'secrets/myth.sops.yaml';

/** Opens an encrypted file with the folder's own identity. */
async function open(folder: string, file: string): Promise<Record<string, string>> {
  const [, secretKey] = /^(AGE-SECRET-KEY-1\S+)$/m.exec(read(folder, 'age.agekey')) ?? [];
  const opened = await openWithSopsAge(read(folder, file), secretKey ?? '');
  return (opened as { stringData: Record<string, string> }).stringData;
}

const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8');
const git = (folder: string, ...args: string[]) => spawnSync('git', args, { cwd: folder });

test('the first key comes with an identity and .sops.yaml', async () => {
  const folder = emptyFolder();
  const { files, identity, publicKey } = await encryptHostKey(inventory(), { folder });
  expect(files).toEqual(['age.agekey', '.sops.yaml', HOST_KEY].map((file) => join(folder, file)));
  expect(identity).toBe(join(folder, 'age.agekey'));
  expect([...filesBelow(folder).keys()].sort()).toEqual(['.sops.yaml', 'age.agekey', HOST_KEY]);
  expect(statSync(join(folder, 'age.agekey')).mode & 0o777).toBe(0o600);

  const { 'private-key': privateKey } = await open(folder, HOST_KEY);
  expect(publicKeyOf(privateKey ?? '')).toBe(publicKey);
  expect(readHostKey(inventory(), join(folder, 'secrets'))?.publicKey).toBe(publicKey);
  for (const [file, content] of filesBelow(folder)) {
    const found = disguises(privateKey ?? '').filter((form) => content.includes(form));
    expect([file, found]).toEqual([file, []]);
  }
});

test('the second cluster uses the .sops.yaml there is', async () => {
  const folder = emptyFolder();
  await encryptHostKey(inventory(), { folder });
  const before = [read(folder, 'age.agekey'), read(folder, '.sops.yaml')];
  const yen = await encryptHostKey(inventory({ cluster: 'yen', namespace: 'vpn' }), { folder });
  expect(yen).toEqual({
    files: [join(folder, 'secrets/yen.sops.yaml')],
    config: relative('', join(folder, '.sops.yaml')),
    recipients: [expect.stringMatching(/^age1/)],
    publicKey: expect.any(String) as string,
  });
  expect([read(folder, 'age.agekey'), read(folder, '.sops.yaml')]).toEqual(before);
  expect(parse(read(folder, 'secrets/yen.sops.yaml'))).toMatchObject({
    metadata: { namespace: 'vpn', annotations: { 'wireguard-endpoint/cluster': 'yen' } },
  });
});

test('an identity that is there is taken up, as after a crash', async () => {
  const folder = emptyFolder();
  await encryptHostKey(inventory(), { folder });
  const identity = read(folder, 'age.agekey');
  const again = emptyFolder();
  writeFileSync(join(again, 'age.agekey'), identity);
  const { files } = await encryptHostKey(inventory(), { folder: again });
  expect(files).toHaveLength(2);
  expect(read(again, 'age.agekey')).toBe(identity);
  expect(read(again, '.sops.yaml')).toBe(read(folder, '.sops.yaml'));
  expect(await open(again, HOST_KEY)).toHaveProperty('private-key');
});

test('a key is replaced by --rotate, and only then', async () => {
  const folder = emptyFolder();
  await expect(encryptHostKey(inventory(), { folder, rotate: true })).rejects.toThrow(
    /no key to rotate/,
  );
  expect(filesBelow(folder).size).toBe(0);
  const first = await encryptHostKey(inventory(), { folder });
  const encrypted = read(folder, HOST_KEY);
  await expect(encryptHostKey(inventory(), { folder })).rejects.toThrow(/key already.*`--rotate`/);
  expect(read(folder, HOST_KEY)).toBe(encrypted);
  const second = await encryptHostKey(inventory(), { folder, rotate: true });
  expect(second.publicKey).not.toBe(first.publicKey);
  expect(readHostKey(inventory(), join(folder, 'secrets'))?.publicKey).toBe(second.publicKey);
});

test('of two at the same moment one wins, and its key is the one that stays', async () => {
  const folder = emptyFolder();
  const runs = await Promise.allSettled([
    encryptHostKey(inventory(), { folder }),
    encryptHostKey(inventory(), { folder }),
  ]);
  const won = runs.flatMap((run) => (run.status === 'fulfilled' ? [run.value.publicKey] : []));
  expect(won).toEqual([readHostKey(inventory(), join(folder, 'secrets'))?.publicKey]);
  expect(filesBelow(folder).size).toBe(3);
  const { 'private-key': privateKey } = await open(folder, HOST_KEY);
  expect([publicKeyOf(privateKey ?? '')]).toEqual(won);
});

test('an imported key keeps its public half', async () => {
  const folder = emptyFolder();
  const key = generatePrivateKey();
  const { publicKey } = await encryptHostKey(inventory(), { folder, imported: `${key}\n` });
  expect(publicKey).toBe(publicKeyOf(key));
  expect(await open(folder, HOST_KEY)).toEqual({ 'private-key': key });
});

test('a preshared key is given back once, an imported one never', async () => {
  const folder = emptyFolder();
  const made = await encryptPresharedKey(inventory(), 'hero', { folder });
  expect(await open(folder, 'secrets/myth.psk.hero.sops.yaml')).toEqual({
    'preshared-key': made.presharedKey,
  });
  const key = generatePresharedKey();
  const given = await encryptPresharedKey(inventory(), 'yen', { folder, imported: key });
  expect(given.presharedKey).toBeUndefined();
  expect(await open(folder, 'secrets/myth.psk.yen.sops.yaml')).toEqual({ 'preshared-key': key });
});

describe('nothing is written', () => {
  const key = { secretName: 'vpn', publicKey: peer('hero').publicKey };
  test.each<[string, (folder: string) => Promise<unknown>, RegExp]>([
    [
      'for a key that is none',
      (folder) => encryptHostKey(inventory(), { folder, imported: 'x' }),
      /44/,
    ],
    [
      "for a peer's own key",
      (folder) => {
        const imported = generatePrivateKey();
        const hero = { ...peer('hero'), publicKey: publicKeyOf(imported) };
        return encryptHostKey(inventory({ peers: [hero] }), { folder, imported });
      },
      /this is the key of peer hero/,
    ],
    [
      'for a key from elsewhere',
      (folder) => encryptHostKey(inventory({ key }), { folder }),
      /Secret vpn/,
    ],
    [
      'for a preshared key beside a key from elsewhere',
      (folder) => encryptPresharedKey(inventory({ key }), 'hero', { folder }),
      /: the inventory takes its keys from elsewhere \(`key`\), preshared ones too: make a Secret wireguard-psk-hero/,
    ],
    [
      'for an unknown peer',
      (folder) => encryptPresharedKey(inventory(), 'nobody', { folder }),
      /no peer "nobody"; its peers are: hero, yen/,
    ],
    [
      'when secrets is no folder',
      (folder) => {
        writeFileSync(join(folder, 'secrets'), '');
        return encryptHostKey(inventory(), { folder });
      },
      /cannot be written/,
    ],
    [
      'when the identity is none',
      (folder) => {
        writeFileSync(join(folder, 'age.agekey'), '');
        return encryptHostKey(inventory(), { folder });
      },
      /holds no age identity/,
    ],
    [
      'when the identity is a folder',
      (folder) => {
        mkdirSync(join(folder, 'age.agekey'));
        return encryptHostKey(inventory(), { folder });
      },
      /age\.agekey: cannot be read \(EISDIR\); check/,
    ],
    [
      'when git would track the identity',
      (folder) => {
        git(folder, 'init', '--quiet');
        return encryptHostKey(inventory(), { folder });
      },
      /git does not ignore it: add a line `\*\.agekey`/,
    ],
    [
      'when git would track the identity while it is being written',
      (folder) => {
        git(folder, 'init', '--quiet');
        writeFileSync(join(folder, '.gitignore'), '/age.agekey\n');
        return encryptHostKey(inventory(), { folder });
      },
      /git does not ignore it/,
    ],
    [
      'when git cannot be asked',
      (folder) => {
        mkdirSync(join(folder, '.git'));
        writeFileSync(join(folder, '.gitignore'), '*.agekey\n');
        return encryptHostKey(inventory(), { folder });
      },
      /cannot be asked/,
    ],
  ])('%s', async (_, run, message) => {
    const folder = emptyFolder();
    const refused = run(folder);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(UserError);
    expect(existsSync(join(folder, '.sops.yaml'))).toBe(false);
    expect(existsSync(join(folder, HOST_KEY))).toBe(false);
    expect(filesBelow(folder).get('age.agekey') ?? '').toBe('');
  });
});

test('inside git the identity is written where it is ignored', async () => {
  const folder = emptyFolder();
  git(folder, 'init', '--quiet');
  writeFileSync(join(folder, '.gitignore'), '*.agekey\n');
  await encryptHostKey(inventory(), { folder });
  git(folder, 'add', '--all');
  expect(git(folder, 'ls-files').stdout.toString()).toBe(`.gitignore\n.sops.yaml\n${HOST_KEY}\n`);
});

test('the files of a first key, as they are committed or kept', async () => {
  const folder = emptyFolder();
  const { recipients } = await encryptHostKey(inventory(), { folder });
  const [recipient] = recipients;
  expect(read(folder, '.sops.yaml'))
    .toBe(`# Whom SOPS, and \`npm run keygen\`, encrypt to: https://getsops.io/docs/#using-sopsyaml-conf
creation_rules:
  - path_regex: secrets/.*\\.sops\\.yaml$
    encrypted_regex: ^(data|stringData)$
    mac_only_encrypted: true
    age: ${recipient}
stores:
  yaml:
    indent: 2
`);
  expect(read(folder, 'age.agekey')).toMatch(
    new RegExp(
      `^# created: \\d{4}-[^\\n]*Z\\n# public key: ${recipient}\\nAGE-SECRET-KEY-1[A-Z0-9]{58}\\n$`,
    ),
  );
  for (const file of ['.sops.yaml', HOST_KEY])
    expect(statSync(join(folder, file)).mode & 0o711).toBe(0o600);
  // As YAML 1.1 has it, and without folded lines.
  const encrypted = read(folder, HOST_KEY);
  expect(encrypted).toMatch(/^ {2}lastmodified: "[^"]+Z"$/m);
  expect(encrypted).toMatch(/^ {2}private-key: ENC\[\S+\]$/m);
  expect(parse(encrypted)).toMatchObject({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: { name: 'wireguard-key' },
  });
});

test('a Secret of a preshared key says whose it is', async () => {
  const folder = emptyFolder();
  const { files } = await encryptPresharedKey(inventory(), 'hero', { folder });
  expect(parse(readFileSync(files.at(-1) ?? '', 'utf8'))).toMatchObject({
    metadata: {
      name: 'wireguard-psk-hero',
      namespace: 'wireguard',
      annotations: { 'wireguard-endpoint/cluster': 'myth', 'wireguard-endpoint/peer': 'hero' },
    },
  });
});

test('of an identity file its first identity counts, whatever is around it', async () => {
  const folder = emptyFolder();
  const other = emptyFolder();
  const [{ recipients }] = [await encryptHostKey(inventory(), { folder })];
  const [key = ''] = /AGE-SECRET-KEY-\S+/.exec(read(folder, 'age.agekey')) ?? [];
  writeFileSync(join(other, 'age.agekey'), `# AGE-SECRET-KEY-1\n${key} \r\nAGE-SECRET-KEY-1X\n`);
  expect(await encryptHostKey(inventory(), { folder: other })).toMatchObject({ recipients });
});

test('an inventory without peers is told so', async () => {
  await expect(encryptPresharedKey(inventory({ peers: [] }), 'hero')).rejects.toThrow(
    'myth: there is no peer "hero"; its peers are: none',
  );
});

test('what there is already, and what there is not, is said with its file', async () => {
  const folder = emptyFolder();
  const file = join(folder, HOST_KEY);
  await expect(encryptHostKey(inventory(), { folder, rotate: true })).rejects.toThrow(
    `${file}: there is no key to rotate: leave --rotate away to make the first one`,
  );
  await encryptHostKey(inventory(), { folder });
  await expect(encryptHostKey(inventory(), { folder })).rejects.toThrow(
    `${file}: there is a key already; it was left as it is. \`--rotate\` replaces it`,
  );
});
