import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Endpoint } from './harness/endpoint';
import { run } from './harness/kubectl';
import { Peer } from './harness/peer';
import { readSettings } from './harness/settings';
import { namespaces } from './harness/world';

jest.setTimeout(180_000);

const root = join(__dirname, '../..');
const { run: runName, context } = readSettings();
const dest = `echo.${namespaces(runName).shop}.svc.cluster.local:7001`;
const services = { 0: [{ name: 'echo', dest, port: 7 }] };
const hero = new Peer('hero', '10.1.2.4');
const endpoints: Endpoint[] = [];

/** The shell lines of a part of a page that name a program, for a cluster of another name. */
function linesOf(page: string, heading: string, program: string, cluster: string): string[] {
  const text = `\n${readFileSync(join(root, 'docs', page), 'utf8')}`;
  const [, part = ''] = text.slice(text.indexOf(`\n${heading}`)).split(/\n#+ /);
  return [...part.matchAll(/```sh\n([^]*?)```/g)]
    .flatMap(([, block = '']) => block.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line.includes(program))
    .map((line) => line.replaceAll('--context myth', `--context ${context}`))
    .map((line) => line.replaceAll('myth', cluster));
}

/** An endpoint whose key is in an encrypted file, as `npm run keygen` leaves it. */
async function withEncryptedKey(
  cluster: string,
): Promise<{ endpoint: Endpoint; publicKey: string }> {
  const endpoint = new Endpoint(cluster, [hero]);
  endpoints.push(endpoint);
  await hero.makeKey(cluster);
  await endpoint.synth({ services, key: undefined });
  const { status, stdout, stderr } = await endpoint.command('keygen', cluster);
  if (status !== 0) throw new Error(stderr);
  const [publicKey = ''] = /[A-Za-z0-9+/]{43}=/.exec(`${stdout}${stderr}`) ?? [];
  return { endpoint, publicKey };
}

async function type(endpoint: Endpoint, line: string): Promise<void> {
  const sops = execFileSync(join(root, '.ci/sops'), { encoding: 'utf8' }).trim();
  const env = {
    ...process.env,
    PATH: `${dirname(sops)}:${process.env['PATH']}`,
    SOPS_AGE_KEY_FILE: 'age.agekey',
  };
  const { status, stderr } = await run('bash', ['-euo', 'pipefail', '-c', line], {
    cwd: endpoint.folder,
    env,
  });
  if (status !== 0) throw new Error(`${line}: ${stderr}`);
}

afterAll(async () => {
  for (const endpoint of endpoints) await endpoint.stop();
});

test('the lines of docs/keys.md apply an endpoint without Flux', async () => {
  const { endpoint } = await withEncryptedKey('keys');
  await endpoint.synth({ services, key: undefined });
  const lines = linesOf('keys.md', '## Without Flux', 'kubectl', 'keys');
  expect(lines).toHaveLength(2);
  for (const line of lines) await type(endpoint, line);
  await endpoint.ready();
  await endpoint.connect();
  await hero.reaches('tcp', '10.1.3.16', 7);
  await hero.down('keys');
});

test('the steps of docs/kubectl.md do too, and those of every day after them', async () => {
  const { endpoint, publicKey } = await withEncryptedKey('hand');
  await endpoint.synth({ services, key: { secretName: 'wireguard-key', pubkey: publicKey } });
  const first = linesOf('kubectl.md', '# With kubectl alone', 'kubectl', 'hand');
  const everyDay = linesOf('kubectl.md', '## Every day', 'kubectl', 'hand');
  const presharedKey = linesOf('kubectl.md', '## Rotating the key', 'kubectl', 'hand');
  expect([first, everyDay, presharedKey].map(({ length }) => length)).toEqual([3, 2, 2]);
  for (const line of [...first, ...everyDay, ...presharedKey])
    await type(endpoint, line.replace('-n wireguard', `-n ${endpoint.namespace}`));
  await endpoint.connect();
  await hero.reaches('tcp', '10.1.3.16', 7);
});
