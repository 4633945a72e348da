import { wg0Ip } from '../../../lib/manifests/pod/wg0-ip';
import { myth } from '../../an-inventory';

test('an address for each offset, once, and a route to each peer and what is behind it', () => {
  const service = { name: 'a', dest: 'a.b.svc.cluster.local:1', port: 1 };
  const inventory = myth({
    mtu: 1380,
    networkPolicies: [],
    peers: {
      '10.1.2.4': {
        name: 'hero',
        pubkey: 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=',
        allowedIPs: ['192.168.7.0/24'],
      },
    },
    services: { 1: [service, { ...service, port: 2 }], 3: [service] },
  });
  expect(wg0Ip(inventory).split('\n')).toEqual([
    'link set dev wg0 mtu 1380',
    'address replace 10.1.3.17/32 dev wg0',
    'address replace 10.1.3.19/32 dev wg0',
    'route replace 10.1.2.4/32 dev wg0 proto static',
    'route replace 192.168.7.0/24 dev wg0 proto static',
    '',
  ]);
});

test('without a word on the MTU it stays WireGuard’s own', () => {
  expect(wg0Ip(myth({ peers: {}, services: {}, networkPolicies: [] }))).toBe('');
});
