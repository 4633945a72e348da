import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { command } from '../../lib/commands/client';
import { article, reachable } from '../an-inventory';
import { emptyFolder, filesBelow } from '../keys/fixtures';
import { run } from './run';

const folder = emptyFolder();
mkdirSync(join(folder, 'inventory'));

/** Clusters of which two agree in the first 15 characters of their names. */
const clusters = {
  myth: article.network,
  'production-eu-west-1': '10.1.4.0/28',
  'production-eu-west-2': '10.1.5.0/28',
};
for (const [index, [cluster, network]] of Object.entries(clusters).entries()) {
  const dns = { zone: 'example.org', name: cluster, target: 'nodes.example.org' };
  const pubkey = reachable.key.pubkey.replace('u', 'uvw'[index] ?? '');
  const key = { ...reachable.key, pubkey };
  writeFileSync(
    join(folder, `inventory/${cluster}.yaml`),
    stringify({ ...article, ...reachable, network, dns, key }),
  );
}

const client = (...args: readonly string[]) => run(command, args, { folder });

test('one peer is printed, or all are written', async () => {
  const printed = await client('myth', 'hero');
  expect(printed).toMatchObject({ code: 0, err: '' });
  expect(printed.out).toMatch(
    /^# WireGuard tunnel from hero to myth[^]*\nPersistentKeepalive = 25\n$/,
  );
  const all = await client('myth', '--all', 'out', '--format', 'networkd');
  expect(all).toMatchObject({ code: 0, err: '' });
  expect([...filesBelow(join(folder, 'out/hero')).keys()].sort()).toEqual([
    'myth.netdev',
    'myth.network',
  ]);
});

test('files of clusters with names alike lie side by side, and come out the same again', async () => {
  for (const cluster of ['production-eu-west-1', 'production-eu-west-2']) {
    expect(await client(cluster, '--all', 'clients')).toMatchObject({ code: 0, err: '' });
  }
  const names = [...filesBelow(join(folder, 'clients')).keys()].sort();
  expect(names).toEqual([
    'hero/producti-f9kkqm.conf',
    'hero/producti-uesrk2.conf',
    'yen/producti-f9kkqm.conf',
    'yen/producti-uesrk2.conf',
  ]);
  const again = await client('production-eu-west-1', '--all', 'clients');
  expect(again.out).toMatch(/^unchanged {2}\S+\nunchanged {2}\S+\n$/);
});

test('--endpoint and the paths of keys go into what is printed', async () => {
  const { out } = await client(
    'myth',
    'hero',
    '--endpoint',
    '2001:db8::1',
    '--private-key',
    '/etc/hero.key',
  );
  expect(out).toMatch(/^Endpoint = \[2001:db8::1\]:30342$/m);
  expect(out).toContain('/etc/hero.key');
  expect((await client('myth', 'hero')).out).not.toContain('undefined');
});

test('--all-clusters leaves out the clusters that do not know the peer', async () => {
  const peers = { '10.1.2.4': article.peers['10.1.2.4'] };
  writeFileSync(
    join(folder, 'inventory/without.yaml'),
    stringify({ ...article, ...reachable, network: '10.1.6.0/28', dns: undefined, peers }),
  );
  const { out, code } = await client('--all-clusters', 'yen');
  rmSync(join(folder, 'inventory/without.yaml'));
  expect(code).toBe(0);
  expect(out.match(/^AllowedIPs = .*/gm)).toEqual(
    Object.values(clusters).map((network) => `AllowedIPs = ${network}`),
  );
});

test('one laptop, several clusters: one device', async () => {
  const { out, err, code } = await client('--all-clusters', 'hero');
  expect([err, code]).toEqual(['', 0]);
  expect(out.match(/^AllowedIPs = .*/gm)).toEqual(
    Object.values(clusters).map((network) => `AllowedIPs = ${network}`),
  );
});

test.each([
  [[], /^give a cluster, or --all-clusters with a peer\n$/],
  [['myth'], /^give either one peer \(there are: hero, yen\), or --all with a folder\n$/],
  [['myth', 'hero', '--all', 'x'], /^give either one peer/],
  [['myth', '--all-clusters', 'hero'], /^--all-clusters names a peer: leave the cluster out\n$/],
  [['myth', 'hro'], /^unknown peer "hro"; did you mean "hero"\? There are: hero, yen\n$/],
  [['--all-clusters', 'her'], /^unknown peer "her"; did you mean "hero"\? There are: hero, yen\n$/],
  [['--all-clusters', 'hero', '--endpoint', 'x'], /cannot be used with option '--endpoint/],
])('%j is refused in a sentence', async (args, message) => {
  const { out, err, code } = await client(...args);
  expect([out, code]).toEqual(['', 1]);
  expect(err).toMatch(message);
});
