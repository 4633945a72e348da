import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { range } from '../../lib/formats/address';
import { clientConfiguration } from '../../lib/client/configuration';
import { CLIENT_FORMATS, clientFiles } from '../../lib/client/client-files';
import { type Tunnel, tunnelOf } from '../../lib/client/tunnel';
import type { Inventory, Peer } from '../../lib/inventory/inventory';
import { aPeer, aService, anInventory } from '../an-inventory';
import { parseAsApp } from './app-parser';

const KEY = 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=';

function aTunnel(
  changes: Partial<Inventory> = {},
  peer: Partial<Peer> = {},
  endpoint: string | undefined = 'wireguard.adyxax.org',
): Tunnel {
  const inventory = anInventory(changes);
  const hero = { ...(inventory.peers[0] as Peer), ...peer };
  const reach = { port: 30342, endpoint };
  return tunnelOf(inventory, hero, clientConfiguration(inventory, KEY, reach));
}

function textOf(...given: Parameters<typeof clientFiles>): string {
  return clientFiles(...given)
    .map(({ text }) => text)
    .join('\n');
}

describe('wg-quick', () => {
  test('has no secret, no ListenPort, and what the peer reaches', () => {
    expect(clientFiles(aTunnel(), 'wg-quick')).toEqual([
      {
        name: 'myth.conf',
        text: `# WireGuard tunnel from hero to myth: save as /etc/wireguard/myth.conf, then
# \`wg-quick up myth\`. The private key stays in /etc/wireguard/myth.key (mode 0600).
# Reachable:
#   kubernetes  10.1.3.16:443 tcp
#   postgresql  10.1.3.17:5432 tcp

[Interface]
Address = 10.1.2.4/32
MTU = 1420
PostUp = wg set %i private-key /etc/wireguard/myth.key

[Peer]
PublicKey = ${KEY}
AllowedIPs = 10.1.3.16/28
Endpoint = wireguard.adyxax.org:30342
PersistentKeepalive = 25
`,
      },
    ]);
  });

  test('prints what the documentation shows', () => {
    const docs = readFileSync(join(__dirname, '../../docs/clients.md'), 'utf8');
    expect(docs).toContain(textOf(aTunnel(), 'wg-quick'));
  });

  test('reads the keys from the files that are named', () => {
    const keys = { privateKey: '/run/keys/wg', presharedKey: '/run/keys/psk' };
    expect(textOf(aTunnel(), 'wg-quick', keys)).not.toContain('psk');
    const text = textOf(aTunnel({}, { psk: true }), 'wg-quick', keys);
    expect(text).toContain('PostUp = wg set %i private-key /run/keys/wg\n');
    expect(text).toContain(`PostUp = wg set %i peer ${KEY} preshared-key /run/keys/psk\n`);
  });
});

describe('app', () => {
  const withKeys = (text: string): string =>
    text
      .replace('PUT-THE-PRIVATE-KEY-HERE', KEY)
      .replace('PUT-THE-PRESHARED-KEY-HERE', KEY.replace('u', 'v'));

  test('is taken by every WireGuard app once the keys are in their places, and not before', () => {
    const text = textOf(aTunnel({}, { psk: true }), 'app');
    expect(() => parseAsApp(text, 'myth')).toThrow('invalid value of PrivateKey');
    expect(parseAsApp(withKeys(text), 'myth')).toEqual({
      interface: { privatekey: KEY, address: '10.1.2.4/32', mtu: '1420' },
      peers: [
        {
          publickey: KEY,
          presharedkey: KEY.replace('u', 'v'),
          allowedips: '10.1.3.16/28',
          endpoint: 'wireguard.adyxax.org:30342',
          persistentkeepalive: '25',
        },
      ],
    });
  });

  test.each([
    ['IPv6', { network: range('fd00:3::10/124'), services: [] }, '2001:db8::1'],
    ['an IPv4 endpoint', { mtu: 1280 }, '192.0.2.7'],
    ['a long name', { cluster: 'production-eu-west' }, 'vpn.example.org'],
  ])('is taken by every WireGuard app with %s', (_, changes, endpoint) => {
    const [file] = clientFiles(aTunnel(changes, {}, endpoint), 'app');
    const name = file?.name.replace(/\.conf$/, '') ?? '';
    expect(parseAsApp(withKeys(file?.text ?? ''), name).peers).toHaveLength(1);
  });

  test('is not what wg-quick runs', () => {
    expect(() => parseAsApp(textOf(aTunnel(), 'wg-quick'), 'myth')).toThrow(/PostUp/);
  });
});

describe('every format', () => {
  test.each(CLIENT_FORMATS)('%s: the preshared key only where there is one', (format) => {
    expect(textOf(aTunnel(), format)).not.toMatch(/preshared|psk/i);
    expect(textOf(aTunnel({}, { psk: true }), format)).toMatch(
      format === 'app'
        ? /^PresharedKey = PUT-THE-PRESHARED-KEY-HERE$/m
        : /preshared-?key.*myth\.psk/i,
    );
  });

  test.each(CLIENT_FORMATS)('%s: IPv6 in its places', (format) => {
    const services = [aService({ name: 'api', address: range('fd00:3::10'), port: 443 })];
    const network = { network: range('fd00:3::10/124'), services };
    const text = textOf(aTunnel(network, { address: range('fd00:2::4') }, '2001:db8::1'), format);
    expect(text).toContain('fd00:2::4/128');
    expect(text).toContain('[2001:db8::1]:30342');
    expect(text).toContain('fd00:3::10/124');
    expect(text).toContain('[fd00:3::10]:443');
  });

  test.each(CLIENT_FORMATS)('%s: a service only for its peers', (format) => {
    const services = [
      aService({ name: 'secret', peers: [aPeer('yen')] }),
      aService({ name: 'shared', peers: [aPeer('hero'), aPeer('yen')] }),
    ];
    const text = textOf(aTunnel({ services }), format);
    expect(text).not.toContain('secret');
    expect(text).toContain('shared');
    expect(textOf(aTunnel({ services: services.slice(0, 1) }), format)).toContain('nothing');
  });

  test.each(CLIENT_FORMATS)('%s: the device has 15 characters at most', (format) => {
    const names = clientFiles(aTunnel({ cluster: 'production-eu-west' }), format);
    for (const { name } of names) expect(name).toMatch(/^production-eu-w\./);
    const [{ name } = { name: '' }] = clientFiles(aTunnel({ cluster: 'production-euw-1' }), format);
    expect(name).toMatch(/^production-euw\./);
  });

  test.each(['relative', '/etc/my key', '/a;reboot', '/a\nPostUp = reboot', '/a"', '/%i', '/${x}'])(
    'the key file %j is refused',
    (privateKey) => {
      for (const format of CLIENT_FORMATS) {
        expect(() => clientFiles(aTunnel(), format, { privateKey })).toThrow(
          format === 'app' ? /reads no key file/ : /absolute path/,
        );
      }
    },
  );
});

test('networkd has a device, and a network with its route', () => {
  const [netdev, network] = clientFiles(aTunnel(), 'networkd');
  expect(netdev?.name).toBe('myth.netdev');
  expect(netdev?.text).toContain(`
[NetDev]
Name=myth
Kind=wireguard
MTUBytes=1420

[WireGuard]
PrivateKeyFile=/etc/systemd/network/myth.key

[WireGuardPeer]
PublicKey=${KEY}
AllowedIPs=10.1.3.16/28
Endpoint=wireguard.adyxax.org:30342
PersistentKeepalive=25
`);
  expect(network).toEqual({
    name: 'myth.network',
    text: '[Match]\nName=myth\n\n[Network]\nAddress=10.1.2.4/32\n\n[Route]\nDestination=10.1.3.16/28\n',
  });
});

test('NixOS has a module', () => {
  const text = textOf(aTunnel({}, { psk: true }), 'nixos');
  expect(text).toContain('networking.wireguard.interfaces."myth" = {');
  // Its attributes, read as the YAML they nearly are.
  const yaml = text
    .replace(/networking.*= \{/, '{')
    .replaceAll(' = ', ': ')
    .replaceAll(';', ',')
    .replace(/^\{\n/m, '[\n')
    .replace(/\n\}\n$/, '\n]\n');
  expect(parse(yaml)).toEqual([
    {
      ips: ['10.1.2.4/32'],
      mtu: 1420,
      privateKeyFile: '/etc/wireguard/myth.key',
      peers: [
        {
          publicKey: KEY,
          presharedKeyFile: '/etc/wireguard/myth.psk',
          allowedIPs: ['10.1.3.16/28'],
          endpoint: 'wireguard.adyxax.org:30342',
          persistentKeepalive: 25,
        },
      ],
    },
  ]);
});

test('without a place to connect to there is no tunnel', () => {
  const inventory = anInventory();
  const [peer] = inventory.peers;
  const configuration = clientConfiguration(inventory, KEY, { port: 30342 });
  expect(() => tunnelOf(inventory, peer as Peer, configuration)).toThrow(/set dns.*--endpoint/);
});
