import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { command } from '../../lib/commands/keygen';
import { generatePrivateKey, publicKeyOf } from '../../lib/keys/wireguard-key';
import { article } from '../an-inventory';
import { disguises, emptyFolder, filesBelow } from '../keys/fixtures';
import { run } from './run';

const kubernetes = { kubeconfig: 'my cluster.yaml', context: 'myth' };

const folder = emptyFolder();
mkdirSync(join(folder, 'clusters'));
writeFileSync(join(folder, 'clusters/myth.yaml'), stringify({ ...article, kubernetes }));

const env = { INVENTORY_DIR: 'clusters' };

const keygen = (args: readonly string[], input = '') => run(command, args, { folder, env, input });

beforeAll(() => {
  spawnSync('git', ['init', '--quiet', folder]);
  writeFileSync(join(folder, '.gitignore'), '*.agekey\n');
});

test('an imported key: its public half is the output, and it is nowhere in plaintext', async () => {
  const key = generatePrivateKey();
  const { out, err, code } = await keygen(['myth', '--import', '-'], `${key}\n`);
  expect([code, out]).toEqual([0, `${publicKeyOf(key)}\n`]);
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

  const places = [...filesBelow(folder), ['output', out + err]] as const;
  for (const [place, content] of places) {
    expect([place, disguises(key).filter((form) => content.includes(form))]).toEqual([place, []]);
  }
  const identity = /AGE-SECRET-KEY-1\S+/.exec(readFileSync(join(folder, 'age.agekey'), 'utf8'));
  expect(identity).not.toBeNull();
  expect(out + err).not.toContain('AGE-SECRET-KEY');
});

test('a preshared key is all of the output', async () => {
  const { out, err, code } = await keygen(['myth', '--psk', 'hero']);
  expect([code, out]).toEqual([0, expect.stringMatching(/^\S{43}=\n$/)]);
  expect(err).toMatch(
    /^wrote secrets\/myth\.psk\.hero\.sops\.yaml\nencrypted for .*\n.*shown this once/,
  );
  expect(err).toContain('`psk: true` at peer hero');
  expect(err).not.toContain(out.trim());
  expect(err).not.toContain('kubectl');
  expect([...filesBelow(folder).values()].join('')).not.toContain(out.trim());
});

test('a rotation says what must follow', async () => {
  const { out, err, code } = await keygen(['myth', '--rotate']);
  expect([code, out]).toEqual([0, expect.stringMatching(/^\S{43}=\n$/)]);
  expect(err).toMatch(/npm run update[^]*commit[^]*every client the new public key: `npm run dns`/);
});

test.each([
  [['myth'], 'secrets/myth.sops.yaml: there is a key already; it was left as it is'],
  [['yen'], 'unknown cluster "yen". There are: myth\n'],
  [['myth', '--import', 'key.txt'], '--import reads standard input only'],
])('%j is refused in a sentence', async (args, message) => {
  const before = filesBelow(join(folder, 'secrets'));
  const { out, err, code } = await keygen(args);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain(message);
  expect(err.trim().split('\n')).toHaveLength(1);
  expect(filesBelow(join(folder, 'secrets'))).toEqual(before);
});

test('a key is not typed', async () => {
  const terminal = { columns: 80, rows: 24 };
  expect(await run(command, ['myth', '--import', '-'], { folder, env, terminal })).toEqual({
    code: 1,
    out: '',
    err: '--import - reads a key from a pipe; typed here, the terminal would show it\n',
  });
});
