import { parseHost } from '../../lib/commands/host';

test.each(['a', 'wireguard.adyxax.org', 'A-1', '10.1.2.4', '::', '2001:db8::1', '::ffff:10.1.2.4'])(
  '%s is a host',
  (text) => {
    expect(parseHost(text)).toBe(text);
  },
);

test.each([
  '',
  '-a',
  'a-',
  'a:51820',
  'a.org:51820',
  'fe80::1%eth0',
  '[2001:db8::1]',
  '10.1.2.4/32',
  'a b',
  'a_b',
  'g::',
  'a\n',
])('%j is none', (text) => {
  expect(() => parseHost(text)).toThrow(
    'A host name or address without port or brackets is expected.',
  );
});
