/** What only a process of its own shows: it ends, it is started with something, it starts others. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { generatePrivateKey } from '../../lib/keys/wireguard-key';
import { article, reachable } from '../an-inventory';
import { CloudflareFake, TOKEN } from '../dns/cloudflare-fake';
import { ConnectProxy } from '../dns/connect-proxy';
import { disguises, emptyFolder } from '../keys/fixtures';
import type { Outcome } from './run';

const ROOT = join(__dirname, '../..');
const COMMANDS = join(ROOT, 'lib/commands');

let folder: string;
beforeEach(() => {
  folder = emptyFolder();
  mkdirSync(join(folder, 'inventory'));
  write({ ...article, ...reachable });
});

function write(inventory: object): void {
  writeFileSync(join(folder, 'inventory/myth.yaml'), stringify(inventory));
}

/** Runs a command as its npm script does, by a shell that may do something with its output. */
async function run(
  words: string,
  { env = {}, input = '' }: { env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<Outcome> {
  const [name = '', ...args] = words.split(' ');
  const script = `"$0" "${join(ROOT, 'bin/run.cjs')}" "${COMMANDS}/${name}.ts" ${args.join(' ')}`;
  const child = spawn('sh', ['-c', script, process.execPath], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin.end(input);
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code: code ?? -1, out, err };
}

test.each(
  readdirSync(COMMANDS).filter((file) =>
    readFileSync(join(COMMANDS, file), 'utf8').includes('new Command('),
  ),
)('%s is a command, and explains itself', async (file) => {
  const { code, out, err } = await run(`${file.replace('.ts', '')} --help`);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(/^Usage: npm run /);
});

test.each<[string, object, RegExp]>([
  [
    'peer myth phone --text | true',
    reachable,
    /closed too early: the peer was added, but its key was not shown\nremove it with --remove, and add it again\n/,
  ],
  [
    'keygen myth --psk hero | true',
    {},
    /shown this once.*\n[^]*closed too early: the key is encrypted/,
  ],
])('%s: a reader that goes away is told so', async (words, keys, message) => {
  write({ ...article, ...keys });
  const { err } = await run(words);
  expect(err).toMatch(message);
  expect(err).not.toMatch(/Error|at .*:\d+/);
});

test('a private key is in no argument and in no environment of what keygen starts', async () => {
  const log = join(folder, 'git.log');
  mkdirSync(join(folder, 'bin'));
  const git = `#!/bin/sh\n{ echo "$@"; env; } >> '${log}'\nPATH=\${PATH#*:} exec git "$@"\n`;
  writeFileSync(join(folder, 'bin/git'), git);
  chmodSync(join(folder, 'bin/git'), 0o755);
  mkdirSync(join(folder, '.git'));
  write(article);
  const key = generatePrivateKey();
  const PATH = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  await run('keygen myth --import -', { env: { PATH }, input: key });
  const logged = readFileSync(log, 'latin1');
  expect(logged).toContain('check-ignore');
  expect(disguises(key).filter((form) => logged.includes(form))).toEqual([]);
  expect(logged).not.toContain('AGE-SECRET-KEY');
});

test('npm run dns goes through a proxy whose certificates Node was started with', async () => {
  const fake = new CloudflareFake();
  await fake.listen();
  const proxy = new ConnectProxy('cloudflare.example', () => fake.url);
  await proxy.listen();
  try {
    writeFileSync(join(folder, 'ca.pem'), proxy.cert);
    const env = {
      CLOUDFLARE_API_TOKEN: TOKEN,
      CLOUDFLARE_BASE_URL: 'https://cloudflare.example/client/v4',
      NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
      HTTPS_PROXY: proxy.url('me:hu%20sh@'),
    };
    const { code, out, err } = await run('dns', { env });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).not.toContain(TOKEN);
    const authorization = `Basic ${Buffer.from('me:hu sh').toString('base64')}`;
    expect(proxy.connects[0]).toEqual(['cloudflare.example:443', authorization]);
    expect(fake.writes).toEqual(['POST /dns_records']);
    expect(fake.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  } finally {
    proxy.close();
    await fake.close();
  }
});
