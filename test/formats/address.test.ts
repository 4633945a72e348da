import {
  addressAt,
  compareRanges,
  hostPort,
  isIPv6,
  overlaps,
  parseAddress,
  parseNetwork,
  range,
  readAddress,
} from '../../lib/formats/address';
import { problemText, type ParseResult } from '../../lib/formats/parse-result';

const problem = (result: ParseResult<unknown>): string | undefined =>
  'value' in result ? undefined : problemText(result);

describe('an address', () => {
  test.each([
    ['10.1.2.4', 4, 0x0a010204n, '10.1.2.4/32'],
    ['1.0.0.0', 4, 0x01000000n, '1.0.0.0/32'],
    ['223.255.255.255', 4, 0xdfffffffn, '223.255.255.255/32'],
    ['fd00::4', 6, 0xfd000000000000000000000000000004n, 'fd00::4/128'],
    ['::1:0:0:0', 6, 0x1000000000000n, '::1:0:0:0/128'],
  ] as const)('%s is one', (text, family, number, cidr) => {
    expect(parseAddress(text)).toEqual({ value: { family, first: number, last: number, text } });
    expect(range(text).cidr).toBe(cidr);
  });

  test.each([
    ['', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['hero', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['10.1.2', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['10.1.2.4.5', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['a10.1.2.4', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['10.1.2.4a', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['10.1.2.256', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['1111111111.1.2.4', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['fd00::4%eth0', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['fd00:::4', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['g::', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['10.1.2.4/32', 'is not an IP address; write 10.1.2.4 without the prefix length'],
    ['fd00::4/128', 'is not an IP address; write fd00::4 without the prefix length'],
    ['10.1.2.4/24', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['hero/32', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['\n10.1.2.4/32', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['10.1.2.4/32/', 'is not an IP address; write one like 10.1.2.4 or fd00::4'],
    ['10.01.2.4', 'is not the canonical spelling; write 10.1.2.4'],
    ['FD00::4', 'is not the canonical spelling; write fd00::4'],
    ['fd00:0::4', 'is not the canonical spelling; write fd00::4'],
  ])('%j %s', (text, message) => {
    expect(problem(parseAddress(text))).toBe(message);
  });

  test.each([
    ['0.1.2.3', '0.0.0.0/8 ("this network")'],
    ['0.255.255.255', '0.0.0.0/8 ("this network")'],
    ['127.0.0.1', '127.0.0.0/8 (loopback)'],
    ['127.255.255.255', '127.0.0.0/8 (loopback)'],
    ['224.0.0.0', '224.0.0.0/3 (multicast and reserved)'],
    ['255.255.255.255', '224.0.0.0/3 (multicast and reserved)'],
    ['::', '::/96 (unspecified and loopback)'],
    ['::ffff:10.1.2.4', '::ffff:0:0/96 (IPv4 in IPv6 notation)'],
    ['fe80::1', 'fe80::/10 (link-local)'],
    ['febf::1', 'fe80::/10 (link-local)'],
    ['ff02::1', 'ff00::/8 (multicast)'],
  ])('%s lies in %s', (text, where) => {
    expect(problem(parseAddress(text))).toBe(`overlaps ${where}, which cannot be used here`);
  });

  test.each(['126.255.255.255', '128.0.0.0', 'fec0::', 'fe7f::1', '::1:0:0'])(
    '%s is beside what cannot be used',
    (text) => {
      expect(problem(parseAddress(text))).toBeUndefined();
    },
  );

  test('is read in any spelling', () => {
    expect(readAddress('010.001.2.4')?.text).toBe('10.1.2.4');
    expect(readAddress('FD00:0:0::0:4')?.text).toBe('fd00::4');
    expect(readAddress('::ffff:1.2.3.4')?.first).toBe(0xffff01020304n);
    expect(readAddress('10.1.2.255')?.text).toBe('10.1.2.255');
    expect(readAddress('10.1.2.256')).toBeUndefined();
  });
});

describe('a network', () => {
  test.each([
    ['10.1.3.16/28', 4, 0x0a010310n, 0x0a01031fn],
    ['10.1.3.16/32', 4, 0x0a010310n, 0x0a010310n],
    ['64.0.0.0/2', undefined, 0n, 0n],
    ['128.0.0.0/2', 4, 0x80000000n, 0xbfffffffn],
    ['fd00::10/124', 6, 0xfd000000000000000000000000000010n, 0xfd00000000000000000000000000001fn],
    ['fd00::1/128', 6, 0xfd000000000000000000000000000001n, 0xfd000000000000000000000000000001n],
  ] as const)('%s', (text, family, first, last) => {
    const result = parseNetwork(text);
    if (family === undefined) expect(problem(result)).toMatch(/^overlaps 127\.0\.0\.0\/8/);
    else expect(result).toEqual({ value: { family, first, last, text } });
  });

  test.each([
    ['x/28', 'is not a network; write one like 10.1.3.16/28'],
    ['', 'is not a network; write one like 10.1.3.16/28'],
    ['10.1.3.16', 'lacks its prefix length; write 10.1.3.16/32 for one address'],
    ['fd00::1', 'lacks its prefix length; write fd00::1/128 for one address'],
    ['10.1.3.16/', 'must end in a prefix length of /0 to /32'],
    ['10.1.3.16/33', 'must end in a prefix length of /0 to /32'],
    ['10.1.3.16/-1', 'must end in a prefix length of /0 to /32'],
    ['10.1.3.16/2a', 'must end in a prefix length of /0 to /32'],
    ['10.1.3.16/0028', 'must end in a prefix length of /0 to /32'],
    ['10.1.3.16/28/28', 'must end in a prefix length of /0 to /32'],
    ['fd00::/129', 'must end in a prefix length of /0 to /128'],
    ['10.1.3.17/28', 'has bits set behind its prefix length; write 10.1.3.16/28'],
    ['fd00::11/124', 'has bits set behind its prefix length; write fd00::10/124'],
    ['10.01.3.16/28', 'is not the canonical spelling; write 10.1.3.16/28'],
    ['10.1.3.16/028', 'is not the canonical spelling; write 10.1.3.16/28'],
    ['0.0.0.0/0', 'overlaps 0.0.0.0/8 ("this network"), which cannot be used here'],
    ['::/0', 'overlaps ::/96 (unspecified and loopback), which cannot be used here'],
  ])('%j %s', (text, message) => {
    expect(problem(parseNetwork(text))).toBe(message);
  });

  test('written in this program has to be one', () => {
    expect(range('10.1.3.17/28').text).toBe('10.1.3.16/28');
    expect(() => range('hero')).toThrow('neither an address nor a network: hero');
    expect(JSON.stringify([range('10.1.3.16/28')])).toBe('["10.1.3.16/28"]');
  });

  test.each([
    ['10.1.3.16/28', 15, '10.1.3.31'],
    ['10.1.255.0/24', 256n, '10.2.0.0'],
    ['fd00::10/124', 1, 'fd00::11'],
  ])('%s has %s after its first address', (network, offset, text) => {
    const found = addressAt(range(network), offset);
    expect(found).toEqual(range(text));
  });
});

test.each([
  ['10.1.3.16/28', '10.1.3.31', true],
  ['10.1.3.16/28', '10.1.3.16', true],
  ['10.1.3.16/28', '10.1.3.32', false],
  ['10.1.3.16/28', '10.1.3.15', false],
  ['10.1.3.0/24', '10.1.3.16/28', true],
  ['0.0.0.4', '::4', false],
])('whether %s and %s overlap: %s', (one, other, do_) => {
  expect(overlaps(range(one), range(other))).toBe(do_);
  expect(overlaps(range(other), range(one))).toBe(do_);
});

test('are sorted by family, first address, and the larger first', () => {
  const sorted = ['1.2.3.4', '1.2.4.0/22', '1.2.4.0/24', '1.2.4.0', '9.9.9.9', '::1', 'fd00::'];
  const given = [...sorted].reverse().map(range);
  expect(given.sort(compareRanges).map(({ text }) => text)).toEqual(sorted);
  for (const [index, text] of sorted.entries()) {
    for (const [after, other] of sorted.entries()) {
      const order = Math.sign(compareRanges(range(text), range(other)));
      expect(order).toBe(Math.sign(index - after));
    }
  }
});

test('a host with a port has brackets where there are colons', () => {
  expect(hostPort('fd00::4', 443)).toBe('[fd00::4]:443');
  expect(hostPort('10.1.2.4', 443)).toBe('10.1.2.4:443');
  expect([isIPv6('::'), isIPv6('fd00::/8'), isIPv6('a.b')]).toEqual([true, true, false]);
});
