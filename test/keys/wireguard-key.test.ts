import { randomBytes } from 'node:crypto';
import { KEY } from '../../lib/formats/wireguard-key';
import {
  generatePresharedKey,
  generatePrivateKey,
  parsePresharedKey,
  parsePrivateKey,
  publicKeyOf,
} from '../../lib/keys/wireguard-key';
import { opensslPublicKey } from './openssl';

const hex = (text: string) => Buffer.from(text, 'hex').toString('base64');

test('the public half is what OpenSSL computes', () => {
  for (let run = 0; run < 20; run++) {
    const key = generatePrivateKey();
    expect(publicKeyOf(key)).toBe(opensslPublicKey(key));
  }
});

test('the public half is that of RFC 7748, section 6.1', () => {
  const alice = hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
  expect(publicKeyOf(alice)).toBe(
    hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'),
  );
});

test('new keys are canonical, clamped and never the same', () => {
  const keys = Array.from({ length: 200 }, generatePrivateKey);
  expect(new Set(keys).size).toBe(keys.length);
  for (const key of keys) {
    expect(KEY.test(key)).toBe(true);
    const bytes = Buffer.from(key, 'base64');
    expect(bytes.readUInt8(0) & 7).toBe(0);
    expect(bytes.readUInt8(31) & 192).toBe(64);
  }
  expect(KEY.test(generatePresharedKey())).toBe(true);
  expect(generatePresharedKey()).not.toBe(generatePresharedKey());
});

test('an imported key is clamped and keeps its public half', () => {
  for (const bytes of [
    randomBytes(32),
    Buffer.alloc(32, 0xff),
    Buffer.alloc(32, 1),
    Buffer.from('q!8Fz)w&v3[K<x_T0yB#n5{R2u%Lj@e?'), // as the article's random_password
  ]) {
    const key = bytes.toString('base64');
    const imported = parsePrivateKey(` ${key}\r\n`);
    expect(Buffer.from(imported, 'base64').readUInt8(31) & 192).toBe(64);
    expect(publicKeyOf(imported)).toBe(opensslPublicKey(key));
  }
});

test('an imported preshared key is kept as it is', () => {
  const key = randomBytes(32).toString('base64');
  expect(parsePresharedKey(`${key}\n`)).toBe(key);
});

describe('what is no key is refused without being shown', () => {
  const key = Buffer.alloc(32, 0x5a).toString('base64');
  test.each([
    ['', /^no private key on standard input: nothing came before its end$/],
    [' \n', /nothing came/],
    [
      key.slice(0, -1),
      /43 characters came, a key is 44, .*; pipe the one line `wg genkey` printed$/,
    ],
    [`${key}\n${key}`, /89 characters came/],
    [key.replace('Wlo=', 'Wlp='), /canonical/],
    [`PrivateKey = ${key}`, /57 characters came/],
    ['q!8Fz)w&v3[K<x_T0yB#n5{R2u%Lj@e?', /base64encode/],
    [
      Buffer.alloc(32).toString('base64'),
      /^the private key on standard input is all zero, which WireGuard takes for no key$/,
    ],
  ])('%j', (text, message) => {
    expect(() => parsePrivateKey(text)).toThrow(message);
    expect(() => parsePrivateKey(text)).not.toThrow(key.slice(0, 20));
    expect(() => parsePrivateKey(text)).not.toThrow('q!8Fz');
    expect(() => parsePresharedKey(text)).toThrow(
      /^no preshared key on standard input: (nothing came before its end|.*`wg genpsk` printed)$|^the preshared key .* all zero/,
    );
  });
});

test.each([
  ['IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=', true],
  ['IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX1=', false],
  ['IkeZeGnMasPnYmyR-xBUUfV9WrxphFwRJYbi2JhPjX0=', false],
  ['IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0', false],
  ['IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=\n', false],
  ['', false],
])('canonical: %j is %s', (text, canonical) => {
  expect(KEY.test(text)).toBe(canonical);
});
