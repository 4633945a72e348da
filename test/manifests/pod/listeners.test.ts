import { isBehindPeer, listeners } from '../../../lib/manifests/pod/listeners';
import { myth } from '../../an-inventory';

const dest = 'a.b.svc.cluster.local:1';

test('are sorted by protocol, then port, of which confinement.sh makes ranges', () => {
  const inventory = myth({
    networkPolicies: [],
    services: {
      1: [
        { name: 'a', dest, port: 9000 },
        { name: 'b', dest, port: 53, protocol: 'udp' },
        { name: 'c', dest, port: 10_000 },
        { name: 'd', dest, port: 443, protocol: 'udp' },
      ],
      2: [{ name: 'e', dest, port: 80 }],
    },
  });
  const given = [...inventory.services];
  expect(listeners(inventory)).toBe(
    [
      'tcp 10.1.3.18 80',
      'tcp 10.1.3.17 9000',
      'tcp 10.1.3.17 10000',
      'udp 10.1.3.17 53',
      'udp 10.1.3.17 443',
      '',
    ].join('\n'),
  );
  expect(inventory.services).toEqual(given);
});

test('no services, no listeners', () => {
  expect(listeners(myth({ services: {}, networkPolicies: [] }))).toBe('');
});

test('a destination behind a peer stands beside what leads to it', () => {
  const inventory = myth({
    networkPolicies: [],
    services: {
      1: [{ name: 'hero', dest: '10.1.2.4:22', port: 2222 }],
      2: [{ name: 'web', dest: '192.0.2.1:80', port: 80 }],
    },
  });
  expect(listeners(inventory)).toBe('tcp 10.1.3.18 80\ntcp 10.1.3.17 2222 10.1.2.4 22\n');
  expect(inventory.services.map(isBehindPeer)).toEqual([true, false]);
});

test('of the other family than the network a destination behind a peer has no answers', () => {
  const inventory = myth({
    networkPolicies: [],
    peers: {
      '10.1.2.4': {
        name: 'hero',
        pubkey: 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=',
        allowedIPs: ['fd00:8::/64'],
      },
    },
    services: { 1: [{ name: 'web', dest: '[fd00:8::1]:80', port: 80 }] },
  });
  expect(listeners(inventory)).toBe('tcp 10.1.3.17 80\n');
  expect(inventory.services.map(({ dest }) => dest.peer)).toEqual(['hero']);
});
