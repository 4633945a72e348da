import { clientConfiguration } from '../../lib/client/configuration';
import { clientFiles } from '../../lib/client/client-files';
import { type Membership, joinedTunnels, overlapNotes } from '../../lib/client/join';
import type { Tunnel } from '../../lib/client/tunnel';
import { range } from '../../lib/formats/address';
import type { Inventory, Peer } from '../../lib/inventory/inventory';
import { aPeer, aService, anInventory } from '../an-inventory';
import { parseAsApp } from './app-parser';

const KEYS: Readonly<Record<string, string>> = {
  myth: 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=',
  yard: 'vNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=',
  zoo: 'wNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=',
  hero: 'xNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=',
};

const NETWORKS: Readonly<Record<string, string>> = {
  myth: '10.1.3.16/28',
  yard: '10.1.4.0/28',
  zoo: '10.1.5.0/28',
  hero: '10.1.6.0/28',
};

function member(
  cluster: string,
  peer: Partial<Peer> = {},
  changes: Partial<Inventory> = {},
  hostKey = KEYS[cluster] ?? '',
): Membership {
  const inventory = anInventory({
    cluster,
    network: range(NETWORKS[cluster] ?? ''),
    services: [aService({ name: `db-of-${cluster}` })],
    ...changes,
  });
  const reach = { port: 30342, endpoint: `${cluster}.example.org` };
  return {
    inventory,
    peer: { ...aPeer('hero'), ...peer },
    configuration: clientConfiguration(inventory, hostKey, reach),
  };
}

function join(...memberships: readonly Membership[]): Tunnel[] {
  return joinedTunnels(
    memberships,
    memberships.map(({ inventory }) => inventory.cluster),
  );
}

const shape = (tunnels: readonly Tunnel[]): [string, string[]][] =>
  tunnels.map(({ device, endpoints }) => [device, endpoints.map(({ cluster }) => cluster)]);

test('one device where address and key are the same, with the smallest MTU', () => {
  const tunnels = join(member('myth'), member('yard', {}, { mtu: 1280 }), member('zoo'));
  expect(shape(tunnels)).toEqual([['hero', ['myth', 'yard', 'zoo']]]);
  expect(tunnels[0]?.mtu).toBe(1280);
});

test.each([
  ['another address', member('yard', { address: range('10.1.2.5') })],
  ['another key', member('yard', { publicKey: KEYS['zoo'] ?? '' })],
  ['an overlapping network', member('yard', {}, { network: range('10.1.3.24/29') })],
  ['the same host key', member('yard', {}, {}, KEYS['myth'])],
])('a device each with %s', (_, yard) => {
  expect(shape(join(member('myth'), yard))).toEqual([
    ['myth', ['myth']],
    ['yard', ['yard']],
  ]);
});

test('several shared devices are named after a cluster too', () => {
  const other = { publicKey: KEYS['zoo'] ?? '' };
  const tunnels = join(member('myth'), member('yard'), member('zoo', other), member('hero', other));
  expect(shape(tunnels)).toEqual([
    ['hero-myth', ['myth', 'yard']],
    ['hero-zoo', ['zoo', 'hero']],
  ]);
});

test('a cluster named like the peer keeps its device', () => {
  const other = { address: range('10.1.2.7') };
  const tunnels = join(member('myth'), member('yard'), member('hero', other));
  expect(shape(tunnels)).toEqual([
    [expect.stringMatching(/^hero-[0-9a-z]{6}$/), ['myth', 'yard']],
    ['hero', ['hero']],
  ]);
});

test('only those that cannot be up together are noted', () => {
  const yard = member('yard', {}, { network: range('10.1.3.24/29') });
  expect(overlapNotes([member('myth'), yard, member('zoo')])).toEqual([
    'myth and yard: their networks 10.1.3.16/28 and 10.1.3.24/29 overlap, so only one of these tunnels can be up at a time',
  ]);
});

describe('in every format there is', () => {
  const tunnel = join(member('myth', { psk: true }), member('yard', { psk: true }))[0] as Tunnel;
  const textOf = (...given: Parameters<typeof clientFiles>): string =>
    clientFiles(...given)
      .map(({ text }) => text)
      .join('\n');

  test.each([
    ['wg-quick', '[Peer]', 'AllowedIPs = 10.1.3.16/28', 'AllowedIPs = 10.1.4.0/28'],
    ['networkd', '[WireGuardPeer]', 'Destination=10.1.3.16/28', 'Destination=10.1.4.0/28'],
    ['nixos', 'publicKey =', 'allowedIPs = [ "10.1.3.16/28" ]', 'allowedIPs = [ "10.1.4.0/28" ]'],
  ] as const)('%s has a peer and a preshared key for each', (format, peer, one, other) => {
    const text = textOf(tunnel, format);
    expect(text.split(peer)).toHaveLength(3);
    for (const part of [one, other, '/hero.key', '/myth.psk', '/yard.psk']) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/^# Reachable in myth:\n# {3}db-of-myth .*\n# Reachable in yard:\n/m);
    expect(text).toMatch(/^# WireGuard tunnel from hero to myth and yard: /);
  });

  test('app has a peer for each, and every app takes it', () => {
    const text = textOf(tunnel, 'app').replaceAll(/PUT-THE-\w+-KEY-HERE/g, KEYS['zoo'] ?? '');
    expect(parseAsApp(text, tunnel.device).peers.map(({ publickey }) => publickey)).toEqual([
      KEYS['myth'],
      KEYS['yard'],
    ]);
  });

  test('one file for several preshared keys is refused', () => {
    expect(() => clientFiles(tunnel, 'wg-quick', { presharedKey: '/etc/psk' })).toThrow(
      /cannot hold the preshared keys of myth, yard/,
    );
  });
});
