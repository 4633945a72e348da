import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ApiObject, App, Chart } from 'cdk8s';
import { encryptHostKey, encryptPresharedKey } from '../../lib/keys/keygen';
import { readHostKey } from '../../lib/keys/read-host-key';
import { generatePrivateKey } from '../../lib/keys/wireguard-key';
import { disguises, emptyFolder, filesBelow } from '../keys/fixtures';
import { inventory, peer } from '../keys/inventory';
import { opensslPublicKey } from '../keys/openssl';

const ROOT = join(__dirname, '../..');
const HOST_KEY = 'secrets/myth.sops.yaml';

let sops: string;
beforeAll(() => {
  sops = execFileSync(join(ROOT, '.ci/sops'), { encoding: 'utf8' }).trim();
}, 300_000);

/** A program's standard output; throws, with its standard error, when it fails. */
function run(folder: string, program: string, args: readonly string[], input = ''): string {
  const PATH = `${dirname(sops)}:${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH, SOPS_AGE_KEY_FILE: join(folder, 'age.agekey') };
  return execFileSync(program, args, { cwd: folder, env, input, encoding: 'utf8', stdio: 'pipe' });
}

const read = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8');
const pubkey = (privateKey: string) => run('.', 'wg', ['pubkey'], privateKey).trim();

/** A private key as SOPS opens it, once it has checked the MAC. */
function open(folder: string, file = HOST_KEY): string {
  return run(folder, sops, ['decrypt', '--extract', '["stringData"]["private-key"]', file]);
}

async function encrypted(): Promise<{ folder: string; publicKey: string }> {
  const folder = emptyFolder();
  const { publicKey } = await encryptHostKey(inventory(), { folder });
  return { folder, publicKey };
}

test('wg and OpenSSL compute the same public halves, of 1,000 keys', () => {
  // In a program of its own: inside Jest the arithmetic takes twenty times as long.
  const script = `const { generatePrivateKey, publicKeyOf } = require('./lib/keys/wireguard-key.ts');
    const keys = Array.from({ length: 1000 }, generatePrivateKey);
    console.log(JSON.stringify(keys.map((key) => [key, publicKeyOf(key)])))`;
  const pairs = JSON.parse(run(ROOT, 'node', ['-r', 'tsx/cjs', '-e', script])) as [
    string,
    string,
  ][];
  expect(new Set(pairs.flat()).size).toBe(2000);
  for (const [key, publicKey] of pairs) {
    expect({ wg: pubkey(key), openssl: opensslPublicKey(key) }).toEqual({
      wg: publicKey,
      openssl: publicKey,
    });
  }
}, 60_000);

describe('SOPS', () => {
  test('opens what is encrypted here', async () => {
    const { folder, publicKey } = await encrypted();
    expect(pubkey(open(folder))).toBe(publicKey);
    expect(run(folder, sops, ['filestatus', HOST_KEY])).toContain('"encrypted":true');
  });

  test.each<[string, RegExp, string | ((found: string) => string)]>([
    ['value', /(?<=private-key: \S+data:)./, (found) => (found === 'A' ? 'B' : 'A')],
    ['tag', /(?<=private-key: \S+tag:)./, (found) => (found === 'A' ? 'B' : 'A')],
    ['MAC', /(?<=mac: \S+data:)./, (found) => (found === 'A' ? 'B' : 'A')],
    ['time', /(?<=lastmodified: "\d{3})./, (found) => (found === '1' ? '2' : '1')],
    ['entry', /private-key:/, 'other-key:'],
    ['second value', /(?=^sops:)/m, '  more: clear\n'],
  ])('notices a changed %s', async (_, pattern, replacement) => {
    const { folder } = await encrypted();
    const text = read(folder, HOST_KEY);
    const changed = text.replace(pattern, replacement as string);
    expect(changed).not.toBe(text);
    writeFileSync(join(folder, HOST_KEY), changed);
    expect(() => run(folder, sops, ['decrypt', HOST_KEY])).toThrow(
      /MAC|message authentication|does not match sops' data format/,
    );
  });

  test('adds a recipient, changing nothing but the list', async () => {
    const { folder, publicKey } = await encrypted();
    const before = read(folder, HOST_KEY);
    const other = emptyFolder();
    run(other, 'age-keygen', ['-o', 'age.agekey']);
    const recipient = run(other, 'age-keygen', ['-y', 'age.agekey']).trim();
    const config = read(folder, '.sops.yaml').replace(/(age: .*)/, `$1,${recipient}`);
    writeFileSync(join(folder, '.sops.yaml'), config);
    run(folder, sops, ['updatekeys', '--yes', HOST_KEY]);

    const after = read(folder, HOST_KEY);
    const withoutRecipients = (text: string) => text.replace(/^ {2}age:\n(?: {4}.*\n)+/m, '');
    expect(withoutRecipients(after)).toBe(withoutRecipients(before));
    expect(after).toContain(recipient);
    writeFileSync(join(other, 'secret.sops.yaml'), after);
    expect(pubkey(open(other, 'secret.sops.yaml'))).toBe(publicKey);
    expect(readHostKey(inventory(), join(folder, 'secrets'))?.publicKey).toBe(publicKey);

    const rotated = await encryptHostKey(inventory(), { folder, rotate: true });
    writeFileSync(join(other, 'secret.sops.yaml'), read(folder, HOST_KEY));
    expect(pubkey(open(other, 'secret.sops.yaml'))).toBe(rotated.publicKey);
  });

  test('opens what is encrypted for a post-quantum recipient', async () => {
    const { generateHybridIdentity, identityToRecipient } = await import('age-encryption');
    const { folder } = await encrypted();
    const identity = await generateHybridIdentity();
    writeFileSync(join(folder, 'age.agekey'), identity);
    const recipient = await identityToRecipient(identity);
    const config = read(folder, '.sops.yaml').replace(/age: .*/, `age: ${recipient}`);
    writeFileSync(join(folder, '.sops.yaml'), config);
    const { publicKey } = await encryptHostKey(inventory(), { folder, rotate: true });
    expect(pubkey(open(folder))).toBe(publicKey);
  });

  test('opens each Secret of a manifest cdk8s wrote, as a document of its own', async () => {
    const { folder, publicKey } = await encrypted();
    await encryptPresharedKey(inventory(), 'hero', { folder });
    const endpoint = inventory({ peers: [peer('hero', true)] });
    const app = new App({ outdir: join(folder, 'dist') });
    const chart = new Chart(app, 'myth');
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'wireguard' } };
    new ApiObject(chart, 'namespace', namespace);
    const secrets = readHostKey(endpoint, join(folder, 'secrets'))?.secrets ?? [];
    secrets.forEach((secret, index) => {
      new ApiObject(chart, `secret-${index}`, secret);
    });
    app.synth();
    const [, hostKey = '', psk = ''] = read(folder, 'dist/myth.k8s.yaml').split(/^---\n/m);
    writeFileSync(join(folder, 'key.yaml'), hostKey);
    writeFileSync(join(folder, 'psk.yaml'), psk);
    expect(pubkey(open(folder, 'key.yaml'))).toBe(publicKey);
    expect(run(folder, sops, ['decrypt', 'psk.yaml'])).toMatch(/preshared-key: \S{43}=/);
  });

  test('makes a file by the commands in the docs that is taken here', async () => {
    const { folder } = await encrypted();
    const [, commands = ''] =
      /## With SOPS itself[^]*?```sh\n([^]*?)```/.exec(read(ROOT, 'docs/keys.md')) ?? [];
    run(folder, 'sh', ['-euc', commands]);
    const key = readHostKey(inventory(), join(folder, 'secrets'));
    expect(key?.publicKey).toBe(pubkey(open(folder)));
  });

  test('makes a file by a rule that encrypts everything, which is refused', async () => {
    const { folder } = await encrypted();
    const config = read(folder, '.sops.yaml').replace(/ +(encrypted_regex|mac_only).*\n/g, '');
    writeFileSync(join(folder, '.sops.yaml'), config);
    const plain = run(folder, sops, ['decrypt', HOST_KEY]);
    const everything = run(folder, sops, ['encrypt', '--filename-override', HOST_KEY], plain);
    writeFileSync(join(folder, HOST_KEY), everything);
    expect(() => readHostKey(inventory(), join(folder, 'secrets'))).toThrow(
      /metadata\.name is encrypted.*encrypted_regex: \^\(data\|stringData\)\$/,
    );
  });

  test('prints the public half of a file that has lost it, by the command of the message', async () => {
    const { folder, publicKey } = await encrypted();
    writeFileSync(join(folder, HOST_KEY), read(folder, HOST_KEY).replace(publicKey, 'lost'));
    let message = '';
    try {
      readHostKey(inventory(), join(folder, 'secrets'));
    } catch (error) {
      message = (error as Error).message;
    }
    const [, command = ''] = /`(sops decrypt .*? \| wg pubkey)`/.exec(message) ?? [];
    expect(run(folder, 'sh', ['-euc', command]).trim()).toBe(publicKey);
  });

  test('takes a rule the way it is taken here', async () => {
    const { folder } = await encrypted();
    const recipient = /age: (age1\S+)/.exec(read(folder, '.sops.yaml'))?.[1] ?? '';
    run(folder, 'age-keygen', ['-o', 'other.agekey']);
    const other = run(folder, 'age-keygen', ['-y', 'other.agekey']).trim();
    for (const rules of [
      `[{ path_regex: other, age: ${other} }, { path_regex: '^secrets/', age: ${recipient} }]`,
      `[{ age: [${recipient}, "${other}"] }]`,
      `[{ age: "${recipient} , ${other}," }]`,
      `[{ key_groups: [{ age: [${other}, ${recipient}] }] }]`,
    ]) {
      writeFileSync(join(folder, '.sops.yaml'), `creation_rules: ${rules}\n`);
      const listed = (text: string) => text.match(/(?<=recipient: )\S+/g);
      const theirs = run(folder, sops, ['encrypt', '--filename-override', HOST_KEY], 'a: b\n');
      await encryptHostKey(inventory(), { folder, rotate: true });
      expect(listed(read(folder, HOST_KEY))).toEqual(listed(theirs));
    }
  });
});

describe("Debian's age", () => {
  test('opens the data key with the identity made here', async () => {
    const { folder } = await encrypted();
    const file = readHostKey(inventory(), join(folder, 'secrets'))?.secrets[0] as unknown as {
      sops: { age: { enc: string; recipient: string }[] };
    };
    const [{ enc, recipient } = { enc: '', recipient: '' }] = file.sops.age;
    expect(run(folder, 'age-keygen', ['-y', 'age.agekey']).trim()).toBe(recipient);
    writeFileSync(join(folder, 'data-key.age'), enc);
    run(folder, 'age', ['-d', '-i', 'age.agekey', '-o', 'data-key', 'data-key.age']);
    expect(readFileSync(join(folder, 'data-key'))).toHaveLength(32);
  });

  test('makes an identity that is taken up', async () => {
    const folder = emptyFolder();
    run(folder, 'age-keygen', ['-o', 'age.agekey']);
    const { publicKey } = await encryptHostKey(inventory(), { folder });
    expect(pubkey(open(folder))).toBe(publicKey);
  });
});

describe('killed at any moment', () => {
  const key = generatePrivateKey();

  /** Runs until system call number `at`; true when it was killed. */
  function killed(folder: string, at: number, ...args: string[]): boolean {
    const { status, signal, stderr } = spawnSync(
      process.execPath,
      [
        '-r',
        'tsx/cjs',
        '-r',
        join(__dirname, 'kill-at.cjs'),
        join(__dirname, 'encrypt.ts'),
        folder,
        ...args,
      ],
      { input: key, env: { ...process.env, KILL_IN: folder, KILL_AT: String(at) } },
    );
    expect(stderr.toString()).toBe('');
    return signal !== null || status !== 0;
  }

  /** What may be there: whole files, and leftovers that git does not see and that hold no key. */
  function check(folder: string): void {
    for (const [file, content] of filesBelow(folder)) {
      if (file.startsWith('.git/')) continue;
      expect([file, disguises(key).filter((form) => content.includes(form))]).toEqual([file, []]);
    }
    const visible = run(folder, 'git', ['ls-files', '--others', '--exclude-standard']).split('\n');
    for (const file of visible.filter(Boolean)) {
      expect([file, read(folder, file).includes('AGE-SECRET-KEY-1')]).toEqual([file, false]);
    }
    const names = readdirSync(folder);
    if (names.includes('age.agekey')) run(folder, 'age-keygen', ['-y', 'age.agekey']);
    if (names.includes('.sops.yaml')) expect(read(folder, '.sops.yaml')).toMatch(/indent: 2\n$/);
  }

  test('the first key: a second run finishes it', () => {
    for (let at = 1; ; at++) {
      const folder = emptyFolder();
      run(folder, 'git', ['init', '--quiet']);
      writeFileSync(join(folder, '.gitignore'), '*.agekey\n');
      const interrupted = killed(folder, at);
      check(folder);
      const present = readHostKey(inventory(), join(folder, 'secrets'));
      if (!present) expect(killed(folder, 0)).toBe(false);
      expect(open(folder)).toBe(key);
      if (!interrupted) {
        expect(at).toBeGreaterThan(12);
        break;
      }
    }
  }, 120_000);

  test('a rotation: the old key or the new one', async () => {
    const old = generatePrivateKey();
    for (let at = 1; ; at++) {
      const folder = emptyFolder();
      await encryptHostKey(inventory(), { folder, imported: old });
      run(folder, 'git', ['init', '--quiet']);
      writeFileSync(join(folder, '.gitignore'), '*.agekey\n');
      const interrupted = killed(folder, at, '--rotate');
      check(folder);
      expect([old, key]).toContain(open(folder));
      if (!interrupted) {
        expect(open(folder)).toBe(key);
        expect(at).toBeGreaterThan(4);
        break;
      }
    }
  }, 120_000);
});
