import { wg0Cfg } from '../../../lib/manifests/pod/wg0-cfg';
import { myth } from '../../an-inventory';

const pubkey = 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=';

test('no peer yet', () => {
  expect(wg0Cfg(myth({ peers: {}, port: 51_821 }))).toBe(
    '[Interface]\nPrivateKey = /wireguard-key/private-key\nListenPort = 51821\n',
  );
});

test('peers, with what is behind them and their preshared keys', () => {
  const peers = {
    '10.1.2.4': { name: 'hero', pubkey, psk: true, allowedIPs: ['fd00:7::/64', '192.0.2.7/32'] },
    'fd00::9': { name: 'yen', pubkey: 'R4A01RXXqRJSY9TiKQrZGR85HsFNSXxhRKKEu/bEdTQ=' },
  };
  expect(wg0Cfg(myth({ peers }))).toBe(`[Interface]
PrivateKey = /wireguard-key/private-key
ListenPort = 342

[Peer]
# friendly_name = hero
PublicKey = ${pubkey}
PresharedKey = /wireguard-psk/hero
AllowedIPs = 10.1.2.4/32, 192.0.2.7/32, fd00:7::/64

[Peer]
# friendly_name = yen
PublicKey = R4A01RXXqRJSY9TiKQrZGR85HsFNSXxhRKKEu/bEdTQ=
AllowedIPs = fd00::9/128
`);
});
