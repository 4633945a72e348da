import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { generatePrivateKey, publicKeyOf } from '../../lib/keys/wireguard-key';
import { article } from '../an-inventory';
import { disguises, emptyFolder, filesBelow } from '../keys/fixtures';

const ROOT = join(__dirname, '../..');
const LAUNCHER = join(ROOT, 'bin/run.cjs');

const kubernetes = { kubeconfig: 'my cluster.yaml', context: 'myth' };

const folder = emptyFolder();
mkdirSync(join(folder, 'clusters'));
writeFileSync(join(folder, 'clusters/myth.yaml'), stringify({ ...article, kubernetes }));

const env = {
  ...process.env,
  INVENTORY_DIR: 'clusters',
  PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
};

/** Runs the command in the folder, with a `git` before the real one that records what it is given. */
function keygen(args: readonly string[], input = ''): { out: string; err: string; status: number } {
  const command = [LAUNCHER, join(ROOT, 'lib/commands/keygen.ts'), ...args];
  const options = { cwd: folder, input, encoding: 'utf8', env } as const;
  const { stdout, stderr, status } = spawnSync(process.execPath, command, options);
  return { out: stdout, err: stderr, status: status ?? -1 };
}

const logged = () => readFileSync(join(folder, 'git.log'), 'latin1');

beforeAll(() => {
  spawnSync('git', ['init', '--quiet', folder]);
  writeFileSync(join(folder, '.gitignore'), '*.agekey\n');
  mkdirSync(join(folder, 'bin'));
  const script = `#!/bin/sh\n{ echo "$@"; env; } >> '${folder}/git.log'\nPATH=\${PATH#*:} exec git "$@"\n`;
  writeFileSync(join(folder, 'bin/git'), script);
  chmodSync(join(folder, 'bin/git'), 0o755);
});

test('an imported key: its public half is the output, and it is nowhere in plaintext', () => {
  const key = generatePrivateKey();
  const { out, err, status } = keygen(['myth', '--import', '-'], `${key}\n`);
  expect([status, out]).toEqual([0, `${publicKeyOf(key)}\n`]);
  expect(err).toMatch(
    /^wrote age\.agekey, the age identity: secret, ignored by git; keep a copy elsewhere\nwrote \.sops\.yaml\nwrote secrets\/myth\.sops\.yaml\nencrypted for age1\S+, as \.sops\.yaml says\n/,
  );
  expect(err).toContain(
    '- hand the identity to Flux, once in each cluster:\n' +
      "    kubectl --kubeconfig 'clusters/my cluster.yaml' --context myth -n flux-system " +
      'create secret generic sops-age --from-file=age.agekey\n' +
      '  and have the Flux Kustomization that applies dist/ use it:\n' +
      '    spec: { decryption: { provider: sops, secretRef: { name: sops-age } } }\n',
  );
  expect(err).toContain(
    '- npm run update\n- git add .sops.yaml secrets/myth.sops.yaml dist test, and commit\n',
  );
  expect(err).not.toContain('new public key');
  expect(logged()).toContain('check-ignore');

  const places = [...filesBelow(folder), ['output', out + err], ['git', logged()]] as const;
  for (const [place, content] of places) {
    expect([place, disguises(key).filter((form) => content.includes(form))]).toEqual([place, []]);
  }
  const identity = /AGE-SECRET-KEY-1\S+/.exec(readFileSync(join(folder, 'age.agekey'), 'utf8'));
  expect(identity).not.toBeNull();
  expect(out + err + logged()).not.toContain('AGE-SECRET-KEY');
});

test('a preshared key is all of the output', () => {
  const { out, err, status } = keygen(['myth', '--psk', 'hero']);
  expect([status, out]).toEqual([0, expect.stringMatching(/^\S{43}=\n$/)]);
  expect(err).toMatch(
    /^wrote secrets\/myth\.psk\.hero\.sops\.yaml\nencrypted for .*\n.*shown this once/,
  );
  expect(err).toContain('`psk: true` at peer hero');
  expect(err).not.toContain(out.trim());
  expect(err).not.toContain('kubectl');
  expect([...filesBelow(folder).values()].join('')).not.toContain(out.trim());
});

test('a rotation says what must follow', () => {
  const { out, err, status } = keygen(['myth', '--rotate']);
  expect([status, out]).toEqual([0, expect.stringMatching(/^\S{43}=\n$/)]);
  expect(err).toMatch(/npm run update[^]*commit[^]*every client the new public key: `npm run dns`/);
});

test.each([
  [['myth'], 'secrets/myth.sops.yaml: there is a key already; it was left as it is'],
  [['yen'], 'unknown cluster "yen". There are: myth\n'],
  [['myth', '--import', 'key.txt'], '--import reads standard input only'],
])('%j is refused in a sentence', (args, message) => {
  const before = filesBelow(join(folder, 'secrets'));
  const { out, err, status } = keygen(args);
  expect([status, out]).toEqual([1, '']);
  expect(err).toContain(message);
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(filesBelow(join(folder, 'secrets'))).toEqual(before);
});

test('a reader that goes away is told so in a sentence', () => {
  const script = '"$0" "$1" "$2" myth --psk hero --rotate | true';
  const program = join(ROOT, 'lib/commands/keygen.ts');
  const command = ['-c', script, process.execPath, LAUNCHER, program];
  const { stderr } = spawnSync('sh', command, { cwd: folder, encoding: 'utf8', env });
  expect(stderr).toMatch(/shown this once.*\n[^]*closed too early: the key is encrypted/);
  expect(stderr).not.toMatch(/Error|at .*:\d+/);
});
