import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { range } from '../../lib/formats/address';
import {
  clientConfiguration,
  readConfiguration,
  renderConfiguration,
} from '../../lib/client/configuration';
import { lookUpConfiguration } from '../../lib/client/lookup';
import { publishConfiguration } from '../../lib/client/publish';
import type { Inventory } from '../../lib/inventory/inventory';
import { aPeer, aService, anInventory } from '../an-inventory';

const KEY = 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=';
const NAME = 'wireguard-generated-configuration-myth.yaml';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'configuration-'));
  file = join(folder, NAME);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function mode(): string {
  return (statSync(file).mode & 0o777).toString(8);
}

describe('the client configuration', () => {
  test('has the article’s keys first and unchanged', () => {
    const services = [
      aService({ name: 'kubernetes', address: range('10.1.3.16'), port: 443 }),
      aService({
        name: 'dns',
        address: range('10.1.3.18'),
        port: 53,
        protocol: 'udp',
        peers: [aPeer('hero')],
      }),
    ];
    const reach = { port: 30342, endpoint: 'wireguard.adyxax.org' };
    const text = renderConfiguration(clientConfiguration(anInventory({ services }), KEY, reach));
    expect(text).toBe(`network: 10.1.3.16/28
port: 30342
pubkey: ${KEY}
endpoint: wireguard.adyxax.org
mtu: 1420
keepalive: 25
services:
  - name: kubernetes
    address: 10.1.3.16
    port: 443
    protocol: tcp
  - name: dns
    address: 10.1.3.18
    port: 53
    protocol: udp
    peers:
      - hero
`);
  });

  test('leaves out an endpoint that nothing gives', () => {
    const text = renderConfiguration(clientConfiguration(anInventory(), KEY, { port: 30342 }));
    const keys = [...text.matchAll(/^\w+/gm)].map(([key]) => key);
    expect(keys).toEqual(['network', 'port', 'pubkey', 'mtu', 'keepalive', 'services']);
  });

  test.each([
    [undefined, 1420],
    [1340, 1340],
    [8920, 1420],
  ])('with mtu %s has clients use %i', (mtu, expected) => {
    const inventory = anInventory(mtu === undefined ? {} : { mtu });
    expect(clientConfiguration(inventory, KEY, { port: 30342 }).mtu).toBe(expected);
  });
});

describe('npm run dns', () => {
  function publish(inventory: Inventory = anInventory(), dryRun = false): Promise<string> {
    return publishConfiguration(inventory, { dryRun, folder }).then(({ state }) => state);
  }

  test('writes the file for its owner alone, once', async () => {
    expect(await publish()).toBe('written');
    expect(mode()).toBe('600');
    const { ino, mtimeNs } = statSync(file, { bigint: true });
    expect(await publish()).toBe('unchanged');
    expect(statSync(file, { bigint: true })).toMatchObject({ ino, mtimeNs });
    expect(await publish(anInventory({ nodePort: 30343 }))).toBe('written');
    expect(readConfiguration(file)).toMatchObject({ port: 30343 });
    expect(readdirSync(folder)).toEqual([NAME]);
  });

  test('closes an older file that others could read, changed or not', async () => {
    writeFileSync(file, 'old', { mode: 0o644 });
    await publish();
    expect(mode()).toBe('600');
    const text = readFileSync(file, 'utf8');
    rmSync(file);
    writeFileSync(file, text, { mode: 0o644 });
    expect(await publish()).toBe('unchanged');
    expect(mode()).toBe('600');
  });

  test('writes nothing under dryRun', async () => {
    expect(await publish(anInventory(), true)).toBe('planned');
    expect(readdirSync(folder)).toEqual([]);
    await publish();
    expect(await publish(anInventory(), true)).toBe('unchanged');
  });

  test('leaves nothing behind when it cannot write', async () => {
    const missing = { dryRun: false, folder: join(file, 'below') };
    writeFileSync(file, 'a file');
    await expect(publishConfiguration(anInventory(), missing)).rejects.toThrow(/cannot be/);
    expect(readdirSync(folder)).toEqual([NAME]);
  });

  test('needs the host key', async () => {
    const { key, ...inventory } = anInventory();
    expect(key).toBeDefined();
    const options = { dryRun: false, folder, secretsDir: folder };
    await expect(publishConfiguration(inventory, options)).rejects.toThrow(
      /npm run keygen -- myth/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('npm run client', () => {
  const { nodePort, key, ...unpinned } = anInventory();
  const secretsDir = 'no such folder';

  test('takes everything from the inventory when it can', () => {
    expect(nodePort).toBeDefined();
    expect(lookUpConfiguration(anInventory(), { folder })).toMatchObject({
      port: 30342,
      publicKey: key?.publicKey,
      endpoint: 'wireguard.adyxax.org',
    });
  });

  test('takes the port and the key from the file otherwise', () => {
    const reach = { port: 31234, endpoint: 'lb.example.org' };
    writeFileSync(file, renderConfiguration(clientConfiguration(anInventory(), KEY, reach)));
    const found = lookUpConfiguration(unpinned, { folder, secretsDir });
    expect(found).toMatchObject({ port: 31234, publicKey: KEY, endpoint: 'lb.example.org' });
    const given = lookUpConfiguration(unpinned, { folder, secretsDir, endpoint: '192.0.2.1' });
    expect(given.endpoint).toBe('192.0.2.1');
    const rotated = lookUpConfiguration(anInventory(), { folder });
    expect(rotated).toMatchObject({ port: 30342, publicKey: key?.publicKey });
  });

  test('says what to run when the port or the key is nowhere', () => {
    const find = (inventory: Inventory): unknown =>
      lookUpConfiguration(inventory, { folder, secretsDir });
    expect(() => find(unpinned)).toThrow(/public key of myth is unknown.*npm run keygen -- myth/);
    const withKey = key === undefined ? unpinned : { ...unpinned, key };
    expect(() => find(withKey)).toThrow(/port of myth is unknown: pin nodePort.*npm run dns/);
  });

  test('hears nothing of the YAML library, which would print it raw', () => {
    const warn = jest.spyOn(process, 'emitWarning').mockReturnValue();
    try {
      writeFileSync(file, `mtu: !<\u202e> 1420\nport: 342\npubkey: ${KEY}\n`);
      expect(lookUpConfiguration(unpinned, { folder, secretsDir })).toMatchObject({ port: 342 });
      expect(warn).not.toHaveBeenCalled();
    } finally {
      warn.mockRestore();
    }
  });

  test.each([
    ['no YAML', 'port: [', /is not YAML: run `npm run dns`/],
    ['something else', 'hello', /not a client configuration/],
    ['a bad port', stringify({ port: 70000, pubkey: KEY }), /port: .*65535/],
    ['a bad key', stringify({ port: 342, pubkey: 'a\nPostUp = evil' }), /pubkey: must be/],
    [
      'a key that is no key of anybody',
      stringify({ port: 342, pubkey: `${'A'.repeat(43)}=` }),
      /pubkey: is the zero key.*run `npm run dns`/,
    ],
    [
      'a bad endpoint',
      stringify({ port: 342, pubkey: KEY, endpoint: 'a\nPostUp = evil' }),
      /endpoint: must be a host name or an address/,
    ],
    [
      'a port in it',
      stringify({ port: 342, pubkey: KEY, endpoint: 'a:51820' }),
      /endpoint: must be/,
    ],
  ])('refuses a file with %s', (_, text, message) => {
    writeFileSync(file, text);
    expect(() => lookUpConfiguration(anInventory(), { folder })).toThrow(message);
  });
});
