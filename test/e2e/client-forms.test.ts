import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { range } from '../../lib/formats/address';
import { clientConfiguration } from '../../lib/client/configuration';
import { clientFiles } from '../../lib/client/client-files';
import { tunnelOf } from '../../lib/client/tunnel';
import type { Peer } from '../../lib/inventory/inventory';
import { anInventory } from '../an-inventory';

const KEY = 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=';

let folder: string;
beforeAll(() => {
  const { error } = spawnSync('wg-quick', ['--help']);
  if (error !== undefined) throw new Error('wg-quick is missing: apt-get install wireguard-tools');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'client-forms-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test.each([
  ['IPv4', {}, 'wireguard.adyxax.org'],
  ['IPv6', { network: range('fd00:3::10/124'), peers: [] }, '2001:db8::1'],
])('wg-quick reads its file, and leaves wg what wg knows: %s', (_, changes, endpoint) => {
  const inventory = anInventory(changes);
  const hero = anInventory().peers[0] as Peer;
  const reach = { port: 30342, endpoint };
  const configuration = clientConfiguration(inventory, KEY, reach);
  const tunnel = tunnelOf(inventory, { ...hero, psk: true }, configuration);
  const file = join(folder, 'myth.conf');
  for (const { text } of clientFiles(tunnel, 'wg-quick')) {
    writeFileSync(file, text, { mode: 0o600 });
  }
  const stripped = execFileSync('wg-quick', ['strip', file], { encoding: 'utf8' });
  const lines = stripped.split('\n').filter((line) => /^[^#]/.test(line));
  expect(lines).toEqual([
    '[Interface]',
    '[Peer]',
    `PublicKey = ${KEY}`,
    `AllowedIPs = ${inventory.network.text}`,
    `Endpoint = ${endpoint.includes(':') ? `[${endpoint}]` : endpoint}:30342`,
    'PersistentKeepalive = 25',
  ]);
});
