import fc from 'fast-check';
import { overlaps, range } from '../../lib/formats/address';
import type { Inventory } from '../../lib/inventory/inventory';
import { freeAddress } from '../../lib/inventory-file/free-address';
import { aPeer, anInventory } from '../an-inventory';

interface Given {
  readonly address: string;
  readonly allowedIPs?: readonly string[];
}

function inventory(network: string, ...peers: readonly (string | Given)[]): Inventory {
  return anInventory({
    network: range(network),
    peers: peers
      .map((peer) => (typeof peer === 'string' ? { address: peer } : peer))
      .map(({ address, allowedIPs = [] }: Given) => ({
        ...aPeer('hero'),
        address: range(address),
        allowedIPs: allowedIPs.map(range),
      })),
  });
}

const chosen = (...given: Parameters<typeof inventory>): string | undefined =>
  freeAddress(inventory(...given))?.text;

test.each<[string, string, Parameters<typeof inventory>]>([
  ['after the highest', '10.1.2.10', ['10.1.3.16/28', '10.1.2.4', '10.1.2.9']],
  ['not in a gap', '10.1.2.201', ['10.1.3.16/28', '10.1.2.4', '10.1.2.200']],
  ['where most peers are', '10.1.2.10', ['10.1.3.16/28', '10.1.2.4', '10.1.2.9', '192.168.8.1']],
  ['beyond the network', '10.1.3.32', ['10.1.3.16/28', '10.1.3.15']],
  [
    'beyond what is behind a peer',
    '10.1.2.64',
    ['10.1.3.16/28', { address: '10.1.2.4', allowedIPs: ['10.1.2.0/26'] }],
  ],
  ['not the last of a /24, nor the first', '10.1.3.1', ['10.9.3.16/28', '10.1.2.254']],
  ['in a gap when nothing is left above', '10.255.255.1', ['10.1.3.16/28', '10.255.255.254']],
  ['never outside of a private range', '192.168.255.1', ['10.1.3.16/28', '192.168.255.254']],
  ["of the network's family", '10.1.4.1', ['10.1.3.16/28', 'fd00::4']],
  ['for IPv6', 'fd00:2::11', ['fd00:3::/64', 'fd00:2::10', 'fd00:2::9', '10.1.2.4']],
  ['for the first peer', '10.1.4.1', ['10.1.3.16/28']],
  ['for the first peer of a large network', '10.2.0.1', ['10.1.0.0/16']],
  ['for the first peer with IPv6', 'fd00:3:0:1::1', ['fd00:3::10/124']],
  ['for the first peer at the end of a range', '10.255.255.1', ['10.255.255.16/28']],
  [
    'the last of a /64',
    '2001:db8::ffff:ffff:ffff:ffff',
    ['2001:db8::/112', '2001:db8::ffff:ffff:ffff:fffe'],
  ],
  ['beside a public network', '203.0.113.17', ['203.0.113.0/28', '203.0.113.16']],
  ['for the first peer beside a public network', '203.0.113.16', ['203.0.113.0/28']],
])('%s: %s', (_, address, given) => {
  expect(chosen(...given)).toBe(address);
});

test('none, where none is left', () => {
  expect(chosen('203.0.113.0/24')).toBeUndefined();
  expect(chosen('10.0.0.0/8')).toBeUndefined();
  const router = { address: '203.0.113.16', allowedIPs: ['203.0.113.0/24'] };
  expect(chosen('10.0.0.0/8', router)).toBeUndefined();
});

test('never an address that is taken, in the network, or behind a peer', () => {
  const address = fc
    .tuple(fc.constantFrom('10.1.2', '10.1.3', '192.168.255'), fc.integer({ min: 0, max: 255 }))
    .map(([block, host]) => `${block}.${host}`);
  const peer = fc.record({
    address,
    allowedIPs: fc.array(
      fc
        .tuple(address, fc.integer({ min: 16, max: 32 }))
        .map((parts) => range(parts.join('/')).text),
      { maxLength: 2 },
    ),
  });
  fc.assert(
    fc.property(fc.array(peer, { maxLength: 20 }), (peers) => {
      const given = inventory('10.1.3.16/28', ...peers);
      const free = freeAddress(given);
      const taken = [
        given.network,
        ...given.peers.flatMap((one) => [one.address, ...one.allowedIPs]),
      ];
      expect(taken.filter((one) => free && overlaps(one, free))).toEqual([]);
    }),
  );
});
