import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { command as client } from '../../lib/commands/client';
import { command as dns } from '../../lib/commands/dns';
import { command as graph } from '../../lib/commands/graph';
import { article, reachable } from '../an-inventory';
import { KubectlFake, SAYS, aLiveService } from '../client/kubectl-fake';
import { CloudflareFake, TOKEN } from '../dns/cloudflare-fake';
import { run as runHere } from './run';

// Between two questions to the cluster.
jest.mock('node:timers/promises', () => ({ setTimeout: () => Promise.resolve() }));

const PROJECT = resolve(__dirname, '../..');
const MYTH = { ...article, ...reachable, services: { 1: article.services[1] } };

let fake: CloudflareFake;
let folder: string;
beforeEach(async () => {
  fake = new CloudflareFake();
  await fake.listen();
  folder = mkdtempSync(join(tmpdir(), 'command-'));
  mkdirSync(join(folder, 'inventory'));
  writeFileSync(join(folder, 'inventory/myth.yaml'), stringify(MYTH));
});
afterEach(async () => {
  await fake.close();
  rmSync(folder, { recursive: true });
});

/** Runs a command, and makes sure that the token is nowhere in its output. */
async function run(command: Command, args: string[], more: Record<string, string> = {}) {
  const env = { CLOUDFLARE_BASE_URL: fake.url, ...more };
  const outcome = await runHere(command, args, { folder, env });
  expect(outcome.out + outcome.err).not.toContain(TOKEN);
  return outcome;
}

const withToken = { CLOUDFLARE_API_TOKEN: TOKEN };
const FILE = 'wireguard-generated-configuration-myth.yaml';

test('npm run dns plans, applies, and has nothing to do the second time', async () => {
  const planned = await run(dns, ['--dry-run'], withToken);
  expect(planned).toMatchObject({ code: 2, err: '' });
  expect(planned.out).toBe(
    'myth  create     CNAME wireguard.adyxax.org -> myth.adyxax.org\n' +
      `myth  write      ${FILE} (wireguard.adyxax.org port 30342)\n`,
  );
  expect(fake.writes).toEqual([]);
  expect(readdirSync(folder)).not.toContain(FILE);
  const docs = readFileSync(join(PROJECT, 'docs/dns.md'), 'utf8');
  expect(docs).toContain(planned.out);

  const applied = await run(dns, ['myth'], withToken);
  expect(applied).toMatchObject({ code: 0, err: '' });
  expect(applied.out).toContain('myth  created    CNAME wireguard.adyxax.org\nmyth  written ');
  expect(docs).toContain(applied.out);
  const written = readFileSync(join(folder, FILE), 'utf8');
  expect(docs).toContain(`\`\`\`yaml\n${written}`);

  const again = await run(dns, ['--json'], withToken);
  expect(again).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(again.out)).toMatchObject([
    {
      cluster: 'myth',
      records: [{ state: 'in sync' }],
      client: { state: 'unchanged', port: 30342 },
    },
  ]);
  expect(fake.writes).toEqual(['POST /dns_records']);
});

test('the halves and the clusters are independent, and the exit code tells', async () => {
  const other = { ...MYTH, dns: { ...MYTH.dns, name: 'vpn' }, nodePort: undefined };
  writeFileSync(join(folder, 'inventory/other.yaml'), stringify(other));
  fake.add({ type: 'CNAME', name: 'wireguard.adyxax.org', content: 'elsewhere.org' });
  const both = await run(dns, [], withToken);
  const without = await run(dns, ['myth', '--dry-run']);
  const unknown = await run(dns, ['myht'], withToken);
  expect(both.code).toBe(1);
  expect(both.out).toMatch(/^myth {2}refused .*elsewhere\.org.*--force/m);
  expect(both.out).toMatch(/^other {2}created {4}CNAME vpn\.adyxax\.org$/m);
  expect(both.err).toMatch(/^other {2}error .*client file: the node port/);
  expect(readdirSync(folder)).toContain(FILE);

  expect(without).toMatchObject({ code: 2, err: '' });
  expect(without.out).toMatch(/^myth {2}wanted .*\n.*not looked up: no Cloudflare credentials/);
  expect(unknown).toMatchObject({
    code: 1,
    out: '',
    err: 'unknown cluster "myht"; did you mean "myth"? There are: myth, other\n',
  });
});

test('a fault in a file stops no other cluster that is named', async () => {
  writeFileSync(join(folder, 'inventory/other.yaml'), 'mtu: 1');
  const env = { ...withToken, INVENTORY_DIR: '' };
  const all = await run(dns, [], env);
  expect(all.code).toBe(1);
  expect(all.err).toMatch(/^inventory\/other\.yaml:1:/);
  expect(await run(dns, ['myth'], env)).toMatchObject({ code: 0 });
  expect(await run(client, ['myth', 'hero'], env)).toMatchObject({ code: 0 });
  expect(await run(graph, ['myth'], env)).toMatchObject({ code: 0 });
});

test('what is foreign forges no line', async () => {
  const content = 'elsewhere.org\u001b[2J\nmyth  in sync\u202e';
  fake.add({ type: 'CNAME', name: 'wireguard.adyxax.org', content });
  const { code, out } = await run(dns, [], withToken);
  expect(code).toBe(3);
  expect(out.split('\n')).toHaveLength(3);
  expect(out).toContain(String.raw`elsewhere.org\u{1b}[2J\nmyth  in sync\u{202e}`);
});

test('a cluster that is down is waited for, and what asks it sees no credential', async () => {
  const kubectl = new KubectlFake(folder);
  try {
    const kubernetes = { kubeconfig: '../kubeconfig', context: 'myth' };
    const unpinned = { ...MYTH, nodePort: undefined, kubernetes };
    writeFileSync(join(folder, 'inventory/myth.yaml'), stringify(unpinned));
    kubectl.answer({ stderr: SAYS.refused }, aLiveService({ nodePort: 31234 }));
    const env = { ...withToken, CLOUDFLARE_EMAIL: 'me@example.org', AWS_PROFILE: 'mine' };
    const { code, out, err } = await run(dns, ['--dry-run', '--wait', '20s'], env);
    expect(code).toBe(2);
    expect(out).toMatch(/^myth {2}write .*wireguard\.adyxax\.org port 31234/m);
    expect(err).toMatch(/^myth {2}waiting .*was refused/);
    expect(kubectl.environments).toHaveLength(2);
    for (const seen of kubectl.environments) {
      expect(seen).toContain('AWS_PROFILE=mine');
      expect(seen).not.toMatch(/CLOUDFLARE|me@example/);
      expect(seen).not.toContain(TOKEN);
    }
  } finally {
    kubectl.remove();
  }
});

test('without credentials the file is written, and the exit code tells', async () => {
  const { code, out, err } = await run(dns, []);
  expect(code).toBe(1);
  expect(err).toMatch(/^myth {2}error .*record: no Cloudflare credentials: create an API token/);
  expect(out).toMatch(/^myth {2}written /);
});
