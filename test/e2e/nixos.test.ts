import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientConfiguration } from '../../lib/client/configuration';
import { clientFiles, type KeyFiles } from '../../lib/client/client-files';
import { type Tunnel, tunnelOf } from '../../lib/client/tunnel';
import { range } from '../../lib/formats/address';
import type { Inventory, Peer } from '../../lib/inventory/inventory';
import { aPeer, aService, anInventory } from '../an-inventory';

const KEY = 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=';

let folder: string;
beforeAll(() => {
  const { error } = spawnSync('nix-instantiate', ['--version']);
  if (error !== undefined) throw new Error('nix-instantiate is missing: apt-get install nix-bin');
  folder = mkdtempSync(join(tmpdir(), 'nixos-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What Nix makes of a module, given `config`, `lib` and `pkgs` of which it may use nothing. */
function evaluated(module: string): unknown {
  writeFileSync(join(folder, 'module.nix'), module);
  const expression = `
    let module = import ${join(folder, 'module.nix')};
        unused = name: throw ("the module uses " + name);
    in if builtins.isFunction module
       then module { config = unused "config"; lib = unused "lib"; pkgs = unused "pkgs"; }
       else module`;
  // A store of its own: nothing is built, and the machine's may not be there.
  const env = { ...process.env, NIX_STATE_DIR: folder, NIX_STORE_DIR: join(folder, 'store') };
  const args = ['--eval', '--strict', '--json', '--expr', expression];
  const json = execFileSync('nix-instantiate', args, {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(json);
}

function aTunnel(
  changes: Partial<Inventory> = {},
  peer: Partial<Peer> = {},
  endpoint = 'wireguard.adyxax.org',
): Tunnel {
  const inventory = anInventory(changes);
  const configuration = clientConfiguration(inventory, KEY, { port: 30342, endpoint });
  return tunnelOf(inventory, { ...aPeer('hero'), ...peer }, configuration);
}

/** The interfaces that the peer's module declares. */
function interfaces(tunnel: Tunnel, keys?: Partial<KeyFiles>): unknown {
  const [{ text } = { text: '' }, ...more] = clientFiles(tunnel, 'nixos', keys);
  expect(more).toEqual([]);
  const all = evaluated(text) as { networking: { wireguard: { interfaces: unknown } } };
  const { interfaces: declared } = all.networking.wireguard;
  // And nothing else.
  expect(all).toEqual({ networking: { wireguard: { interfaces: declared } } });
  return declared;
}

const peer = {
  publicKey: KEY,
  allowedIPs: ['10.1.3.16/28'],
  endpoint: 'wireguard.adyxax.org:30342',
  persistentKeepalive: 25,
};

test('Nix evaluates the module to one interface with one peer', () => {
  expect(interfaces(aTunnel({ mtu: 1380 }))).toEqual({
    myth: {
      ips: ['10.1.2.4/32'],
      mtu: 1380,
      privateKeyFile: '/etc/wireguard/myth.key',
      peers: [peer],
    },
  });
});

test('a preshared key, and files of one’s own', () => {
  const keys = { privateKey: '/run/keys/a+b@c.key', presharedKey: '/run/keys/psk' };
  expect(interfaces(aTunnel({}, { psk: true }), keys)).toEqual({
    myth: expect.objectContaining({
      privateKeyFile: '/run/keys/a+b@c.key',
      peers: [{ ...peer, presharedKeyFile: '/run/keys/psk' }],
    }) as unknown,
  });
});

test('IPv6, and a device whose name Nix would not take without quotes', () => {
  const changes = { cluster: '1-st', network: range('fd00:3::10/124'), services: [] };
  const tunnel = aTunnel(changes, { address: range('fd00:2::4') }, '2001:db8::1');
  expect(interfaces(tunnel)).toEqual({
    '1-st': expect.objectContaining({
      ips: ['fd00:2::4/128'],
      peers: [
        expect.objectContaining({
          allowedIPs: ['fd00:3::10/124'],
          endpoint: '[2001:db8::1]:30342',
        }),
      ],
    }) as unknown,
  });
});

test('several clusters are peers of one interface', () => {
  const [one] = aTunnel().endpoints;
  if (one === undefined) throw new Error('a tunnel leads somewhere');
  const other = { ...one, cluster: 'yard', network: '10.1.4.0/28', endpoint: '192.0.2.7:30343' };
  const tunnel = { ...aTunnel(), device: 'hero', endpoints: [one, other] };
  expect(interfaces(tunnel)).toEqual({
    hero: expect.objectContaining({
      peers: [peer, { ...peer, allowedIPs: ['10.1.4.0/28'], endpoint: '192.0.2.7:30343' }],
    }) as unknown,
  });
});

test('what services and clusters are called stays in comments', () => {
  const services = [aService({ name: 'a-b' }), aService({ name: 'in-let-with' })];
  expect(interfaces(aTunnel({ cluster: 'with', services }))).toHaveProperty('with');
});

test('the check notices a module that Nix does not read, or that needs its arguments', () => {
  expect(() => evaluated('{ a = 1 }')).toThrow(/syntax error/);
  expect(() => evaluated('{ lib, ... }: { a = lib; }')).toThrow(/the module uses lib/);
});
