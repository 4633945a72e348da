import { parseAsApp } from './app-parser';

const KEY = 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=';

const TEXT = `# a comment
[Interface]
PrivateKey = ${KEY}
Address = 10.1.2.4/32
MTU = 1420

[Peer]
PublicKey = ${KEY}
AllowedIPs = 10.1.3.16/28
Endpoint = wireguard.adyxax.org:30342
PersistentKeepalive = 25
`;

test('what every app takes', () => {
  expect(parseAsApp(TEXT, 'myth')).toEqual({
    interface: { privatekey: KEY, address: '10.1.2.4/32', mtu: '1420' },
    peers: [
      {
        publickey: KEY,
        allowedips: '10.1.3.16/28',
        endpoint: 'wireguard.adyxax.org:30342',
        persistentkeepalive: '25',
      },
    ],
  });
});

test.each([
  ['PrivateKey = .*\n', '', /no PrivateKey/],
  ['(PrivateKey =) .*', '$1', /syntax error/],
  ['(PrivateKey =) .*', '$1 PASTE-IT-HERE', /invalid value of PrivateKey/],
  ['VG4=', 'VG5=', /invalid value of PrivateKey/],
  ['MTU', 'PostUp = true\nMTU', /unknown attribute: PostUp/],
  ['MTU', 'Table = off\nMTU', /unknown attribute: Table/],
  ['1420', '500', /invalid value of MTU/],
  ['MTU', 'MTU = 1400\nMTU', /repeated attribute/],
  ['\\[Peer\\]', '[Interface]', /unknown attribute: PublicKey/],
  ['\\[Peer\\]', '[Interface]\n[Peer]', /2 \[Interface\] sections/],
  ['\\[Peer\\]', '[Other]', /syntax error/],
  ['\\[Interface\\]', '', /outside of a section/],
  ['/28', '/33', /invalid value of AllowedIPs/],
  ['/28', '/28,', /invalid value of AllowedIPs/],
  ['PublicKey = .*\n', '', /no PublicKey/],
  [':30342', '', /invalid value of Endpoint/],
  [':30342', ':70000', /invalid value of Endpoint/],
  ['wireguard\\.', 'wire_guard.', /invalid value of Endpoint/],
  ['wireguard.*:', '2001:db8::1:', /invalid value of Endpoint/],
  ['= 25', '= 25s', /invalid value of PersistentKeepalive/],
])('%s for %s is refused', (what, other, reason) => {
  expect(() => parseAsApp(TEXT.replace(new RegExp(what), other), 'myth')).toThrow(reason);
});

test('two peers with one public key are refused', () => {
  const peer = TEXT.slice(TEXT.indexOf('[Peer]'));
  expect(() => parseAsApp(TEXT + peer, 'myth')).toThrow(/one PublicKey/);
});

test.each(['production-eu-west', 'con', 'a b', ''])('the name "%s" is refused', (name) => {
  expect(() => parseAsApp(TEXT, name)).toThrow(/name is not valid/);
});
