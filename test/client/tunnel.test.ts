import { clientConfiguration } from '../../lib/client/configuration';
import { clientFiles } from '../../lib/client/client-files';
import { type Tunnel, clustersOf, reachableLines, tunnelOf } from '../../lib/client/tunnel';
import type { Inventory } from '../../lib/inventory/inventory';
import { aPeer, aService, anInventory } from '../an-inventory';

const KEY = 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=';

function aTunnel(changes: Partial<Inventory> = {}): Tunnel {
  const inventory = anInventory(changes);
  const reach = { port: 30342, endpoint: 'wireguard.adyxax.org' };
  return tunnelOf(inventory, aPeer('hero'), clientConfiguration(inventory, KEY, reach));
}

/** One interface to several clusters. */
function joined(...clusters: readonly string[]): Tunnel {
  const tunnel = aTunnel();
  const [endpoint] = tunnel.endpoints;
  if (endpoint === undefined) throw new Error('a tunnel leads somewhere');
  return { ...tunnel, endpoints: clusters.map((cluster) => ({ ...endpoint, cluster })) };
}

test.each([
  [['myth'], 'myth'],
  [['myth', 'yard'], 'myth and yard'],
  [['myth', 'yard', 'zoo'], 'myth, yard and zoo'],
])('%j in a sentence', (clusters, sentence) => {
  expect(clustersOf(joined(...clusters))).toBe(sentence);
});

test('what is reached stands in columns, for each cluster where there are several', () => {
  const services = ['#   kubernetes  10.1.3.16:443 tcp', '#   postgresql  10.1.3.17:5432 tcp'];
  expect(reachableLines(aTunnel())).toEqual(['# Reachable:', ...services]);
  expect(reachableLines(joined('myth', 'yard'))).toEqual([
    '# Reachable in myth:',
    ...services,
    '# Reachable in yard:',
    ...services,
  ]);
});

test('names of different lengths, and UDP', () => {
  const services = [aService({ name: 'a', protocol: 'udp' }), aService({ name: 'long' })];
  expect(reachableLines(aTunnel({ services })).slice(1)).toEqual([
    '#   a     10.1.3.17:5432 udp',
    '#   long  10.1.3.17:5432 tcp',
  ]);
});

test('nothing is said to be reached where nothing is', () => {
  expect(reachableLines(aTunnel({ services: [] }))).toEqual([
    '# Reachable: nothing, no service lists this peer.',
  ]);
});

test.each<[Parameters<typeof clientFiles>[1], string[]]>([
  [
    'app',
    [
      '# WireGuard tunnel from hero to myth: save as myth.conf, put the private key in,',
      '# and import it into the WireGuard app.',
    ],
  ],
  [
    'networkd',
    [
      '# WireGuard tunnel from hero to myth: save in /etc/systemd/network. The private key stays',
      '# in /etc/systemd/network/myth.key, readable by root and the group systemd-network alone (mode 0640).',
    ],
  ],
  [
    'nixos',
    [
      '# WireGuard tunnel from hero to myth: a module for `imports`. The private key stays in',
      '# /etc/wireguard/myth.key (mode 0600), outside the Nix store.',
    ],
  ],
])('%s says where it goes', (format, lines) => {
  const [file] = clientFiles(aTunnel(), format);
  expect(file?.text.split('\n').slice(0, 2)).toEqual(lines);
});
