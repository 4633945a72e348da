import fs, { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseDocument } from 'yaml';
import { UserError } from '../../lib/errors';
import { encryptHostKey, encryptPresharedKey } from '../../lib/keys/keygen';
import { hostKeyFile, presharedKeyFile, readHostKey } from '../../lib/keys/read-host-key';
import { emptyFolder } from './fixtures';
import { inventory, peer } from './inventory';

const folder = emptyFolder();
const secrets = join(folder, 'secrets');
const plain = Buffer.alloc(32, 0x5a).toString('base64');
let publicKey: string;

beforeAll(async () => {
  ({ publicKey } = await encryptHostKey(inventory(), { folder }));
  await encryptPresharedKey(inventory(), 'hero', { folder });
});

/** What is said about a host key file with this text. */
function refusal(text: string): string {
  const changed = emptyFolder();
  writeFileSync(hostKeyFile('myth', changed), text);
  try {
    readHostKey(inventory(), changed);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    const { message } = error as UserError;
    for (const line of message.split('\n')) {
      expect(line).toMatch(/^\S*myth\.sops\.yaml(:\d+:\d+)?: /);
    }
    return message.replaceAll(changed, 'secrets');
  }
  return 'nothing';
}

/** The encrypted file with one thing set, or left out. */
function changed(path: readonly string[], value?: unknown): string {
  const document = parseDocument(readFileSync(hostKeyFile('myth', secrets), 'utf8'));
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, value);
  return document.toString();
}

test('gives the public half and the encrypted document as it is', () => {
  expect(readHostKey(inventory(), secrets)).toEqual({
    publicKey,
    secretName: 'wireguard-key',
    secrets: [parse(readFileSync(hostKeyFile('myth', secrets), 'utf8'))],
  });
});

test('with a preshared key for the peers that have one', () => {
  const peers = [peer('hero', true), peer('yen')];
  const encrypted = readHostKey(inventory({ peers }), secrets)?.secrets;
  expect(encrypted).toHaveLength(2);
  expect(encrypted?.[1]).toMatchObject({ metadata: { name: 'wireguard-psk-hero' } });
});

test('is undefined without a file', () => {
  expect(readHostKey(inventory({ cluster: 'yen' }), secrets)).toBeUndefined();
  expect(readHostKey(inventory(), join(folder, 'nowhere'))).toBeUndefined();
});

test('a key from elsewhere needs no file, nor do its preshared keys', () => {
  const key = { secretName: 'vpn', publicKey };
  const peers = [peer('hero', true)];
  expect(readHostKey(inventory({ key, peers }), join(folder, 'nowhere'))).toEqual({
    ...key,
    secrets: [],
  });
});

describe('refuses, with the repair', () => {
  const value = ['stringData', 'private-key'];
  const annotation = (name: string) => ['metadata', 'annotations', name];
  test.each<[string, string[], unknown, RegExp]>([
    [
      'a value in plaintext',
      value,
      plain,
      /stringData\.private-key is not encrypted: .*keygen -- myth --rotate`$/,
    ],
    ['an empty value', value, '', /stringData\.private-key is not encrypted/],
    ['half a value', value, 'ENC[AES256_GCM,data:abc', /stringData\.private-key is not encrypted/],
    [
      'a second value in plaintext',
      ['stringData', 'old'],
      plain,
      /stringData\.old is not encrypted/,
    ],
    ['data in plaintext', ['data'], { 'private-key': plain }, /data\.private-key is not encrypted/],
    ['a value that is no text', ['data'], { x: [1] }, /data\.x is not encrypted/],
    [
      "kubectl's copy in plaintext",
      annotation('kubectl.kubernetes.io/last-applied-configuration'),
      plain,
      /last-applied-configuration is not encrypted/,
    ],
    [
      'no value',
      ['stringData'],
      undefined,
      /has no entry private-key: make it anew with `npm run keygen -- myth --rotate`/,
    ],
    ['no metadata of SOPS', ['sops'], undefined, /no SOPS metadata.*git's history/],
    ['no MAC', ['sops', 'mac'], undefined, /no SOPS metadata/],
    ['a MAC in plaintext', ['sops', 'mac'], 'AB12', /no SOPS metadata/],
    [
      'no public key',
      annotation('wireguard-endpoint/public-key'),
      undefined,
      /public-key is missing.*sops decrypt --extract '\["stringData"\]\["private-key"\]' secrets\/myth\.sops\.yaml \| wg pubkey/,
    ],
    [
      'a public key wg refuses',
      annotation('wireguard-endpoint/public-key'),
      'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX1=',
      /public-key is "IkeZ.*", expected the canonical base64/,
    ],
    [
      'a public key with which no handshake succeeds',
      annotation('wireguard-endpoint/public-key'),
      'AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
      /public-key is "AQAA.*", which is a point of low order, .*: write there what `sops decrypt/,
    ],
    [
      "another cluster's file",
      annotation('wireguard-endpoint/cluster'),
      'yen',
      /cluster is "yen", expected "myth": .*put back.*keygen -- myth --rotate/,
    ],
    [
      'another name',
      ['metadata', 'name'],
      'vpn',
      /metadata\.name is "vpn", expected "wireguard-key": write that there/,
    ],
    ['another namespace', ['metadata', 'namespace'], 'vpn', /namespace is "vpn", expected "wire/],
    ['no namespace', ['metadata', 'namespace'], undefined, /namespace is missing, expected/],
    ['another kind', ['kind'], 'ConfigMap', /kind is "ConfigMap", expected "Secret"/],
    ['no metadata', ['metadata'], undefined, /metadata\.name is missing/],
  ])('%s', (_, path, value, message) => {
    const said = refusal(changed(path, value));
    expect(said).toMatch(message);
    expect(said).not.toContain(plain.slice(0, 20));
  });

  test.each([
    ['two documents', 'a: 1\n---\nb: 2\n', /myth\.sops\.yaml:2:1: is not one YAML document/],
    ['a key twice', 'kind: a\nkind: b\n', /:2:1: is not one YAML document \(DUPLICATE_KEY\)/],
    ['an endless alias', 'a: *a\n', /is not one YAML document/],
    ['no YAML', `stringData: {\n  private-key: ${plain}\n`, /is not one YAML document/],
    ['nothing', '', /kind is missing/],
    ['a list', '- a\n', /kind is missing/],
  ])('%s, without quoting it', (_, text, message) => {
    const said = refusal(text);
    expect(said).toMatch(message);
    expect(said).not.toContain(plain.slice(0, 20));
  });

  test('what the library does not call a fault of the text has no place', () => {
    expect(refusal('a: *a\n')).toMatch(
      /^secrets\/myth\.sops\.yaml: is not one YAML document: take the file from git's history;/,
    );
  });

  test('a Secret that was never encrypted', () => {
    const said = refusal(`kind: Secret\nstringData: { private-key: ${plain} }\n`);
    expect(said).toMatch(
      /not encrypted: .*; otherwise `sops encrypt --in-place secrets\/myth\.sops/,
    );
    expect(said).not.toContain(plain.slice(0, 20));
  });

  test('everything at once', () => {
    const said = refusal('kind: Secret\napiVersion: v2\n');
    expect(said.split('\n')).toHaveLength(7);
  });

  test('a missing public key together with it', () => {
    expect(refusal('kind: Secret\n').split('\n').at(-1)).toBe(
      'secrets/myth.sops.yaml: wireguard-endpoint/public-key is missing, expected the canonical base64 of the 32 bytes of the public key: write there what `sops decrypt --extract \'["stringData"]["private-key"]\' secrets/myth.sops.yaml | wg pubkey` prints, or make a new key with `npm run keygen -- myth --rotate`',
    );
  });

  test('a file that cannot be read', () => {
    const folder = emptyFolder();
    mkdirSync(hostKeyFile('myth', folder));
    expect(() => readHostKey(inventory(), folder)).toThrow(/cannot be read \(EISDIR\)/);
  });

  test('missing preshared keys, all of them, with the commands', () => {
    const peers = [peer('hero', true), peer('yen', true), peer('bob', true)];
    expect(() => readHostKey(inventory({ peers }), secrets)).toThrow(
      /myth\.psk\.yen\.sops\.yaml: is missing.*`npm run keygen -- myth --psk yen`\n.*--psk bob`/,
    );
  });

  test("another peer's preshared key", () => {
    const changed = emptyFolder();
    for (const [from, to] of [
      [hostKeyFile('myth', secrets), hostKeyFile('myth', changed)],
      [presharedKeyFile('myth', 'hero', secrets), presharedKeyFile('myth', 'yen', changed)],
    ] as const) {
      writeFileSync(to, readFileSync(from));
    }
    const peers = [peer('hero'), peer('yen', true)];
    expect(() => readHostKey(inventory({ peers }), changed)).toThrow(
      /wireguard-endpoint\/peer is "hero", expected "yen": .*keygen -- myth --psk yen --rotate/,
    );
  });
});

test('files are in secrets/ unless told otherwise', () => {
  const read = jest.spyOn(fs, 'readFileSync');
  expect(readHostKey(inventory({ cluster: 'none' }))).toBeUndefined();
  expect(read.mock.calls).toEqual([['secrets/none.sops.yaml', 'utf8']]);
  read.mockRestore();
  expect(hostKeyFile('myth')).toBe('secrets/myth.sops.yaml');
  expect(presharedKeyFile('myth', 'hero')).toBe('secrets/myth.psk.hero.sops.yaml');
});
