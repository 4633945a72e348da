import {
  MissingCredentials,
  readBaseUrl,
  readCredentials,
  readZoneId,
  takeCredentials,
} from '../../lib/dns/credentials';
import { TOKEN, ZONE_ID } from './cloudflare-fake';

const KEY = '0123456789abcdef0123456789abcdef01234';

describe('credentials', () => {
  test('are the token alone when there is one', () => {
    const env = {
      CLOUDFLARE_API_TOKEN: `${TOKEN}\n`,
      CLOUDFLARE_API_KEY: KEY,
      CLOUDFLARE_EMAIL: 'a@example.org',
    };
    expect(readCredentials('adyxax.org', env)).toEqual({ apiToken: TOKEN });
  });

  test('are the article’s key and address otherwise', () => {
    const env = { CLOUDFLARE_API_KEY: KEY, CLOUDFLARE_EMAIL: 'a@example.org' };
    expect(readCredentials('adyxax.org', env)).toEqual({
      apiKey: KEY,
      apiEmail: 'a@example.org',
    });
  });

  test('that are missing are told with the permissions to grant', () => {
    const read = (): unknown => readCredentials('adyxax.org', { CLOUDFLARE_API_TOKEN: ' ' });
    expect(read).toThrow(MissingCredentials);
    expect(read).toThrow(/"Zone\.DNS Edit" and "Zone\.Zone Read".*zone adyxax\.org/);
  });

  test.each([
    ['a newline', { CLOUDFLARE_API_TOKEN: `${TOKEN}\n${TOKEN}` }, /API_TOKEN is malformed/],
    ['a scheme', { CLOUDFLARE_API_TOKEN: `Bearer ${TOKEN}` }, /without "Bearer"/],
    ['a token cut short', { CLOUDFLARE_API_TOKEN: 'cfut_Zm9v' }, /20 or more/],
    ['a key for a token', { CLOUDFLARE_API_TOKEN: KEY }, /global API key/],
    ['a key alone', { CLOUDFLARE_API_KEY: KEY }, /without CLOUDFLARE_EMAIL/],
    ['an address alone', { CLOUDFLARE_EMAIL: 'a@example.org' }, /without CLOUDFLARE_API_KEY/],
    [
      'a malformed key',
      { CLOUDFLARE_API_KEY: `${KEY} ${KEY}`, CLOUDFLARE_EMAIL: 'a@example.org' },
      /API_KEY is malformed/,
    ],
    [
      'a malformed address',
      { CLOUDFLARE_API_KEY: KEY, CLOUDFLARE_EMAIL: 'a\r\nb@example.org' },
      /EMAIL is malformed/,
    ],
  ])('with %s are refused without being shown', (_, env, message) => {
    let caught: unknown;
    try {
      readCredentials('adyxax.org', env);
    } catch (error) {
      caught = error;
    }
    expect(caught).not.toBeInstanceOf(MissingCredentials);
    expect(String(caught)).toMatch(message);
    for (const value of Object.values(env)) expect(String(caught)).not.toContain(value);
  });
});

describe('settings', () => {
  test.each([
    ['', 'https://api.cloudflare.com/client/v4'],
    ['https://proxy.example.org/client/v4/', 'https://proxy.example.org/client/v4'],
    ['http://127.0.0.1:8080/client/v4', 'http://127.0.0.1:8080/client/v4'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://[::1]:8080/v4', 'http://[::1]:8080/v4'],
  ])('the base address %j is %s', (given, expected) => {
    expect(readBaseUrl({ CLOUDFLARE_BASE_URL: given })).toBe(expected);
  });

  test.each([
    'http://api.cloudflare.com/client/v4',
    'http://127.0.0.1.example.org/',
    'http://localhost.example.org/',
    'https://user:secret@example.org/',
    'https://example.org/?a=b',
    'ftp://127.0.0.1/',
    'api.cloudflare.com',
  ])('the base address %j is refused', (given) => {
    expect(() => readBaseUrl({ CLOUDFLARE_BASE_URL: given })).toThrow(/http on loopback alone/);
  });

  test('the zone id has 32 hexadecimal digits, and is not shown otherwise', () => {
    expect(readZoneId({ CLOUDFLARE_ZONE_ID: ZONE_ID })).toBe(ZONE_ID);
    expect(readZoneId({})).toBeUndefined();
    const read = (): unknown => readZoneId({ CLOUDFLARE_ZONE_ID: TOKEN });
    expect(read).toThrow(/^CLOUDFLARE_ZONE_ID is malformed: 32 hex[^_]*$/);
    expect(() => readZoneId({ CLOUDFLARE_ZONE_ID: '../..' })).toThrow(/malformed/);
  });
});

test('what is taken out of an environment is no longer there, and nothing else is', () => {
  const env: NodeJS.ProcessEnv = { CLOUDFLARE_API_TOKEN: TOKEN, PATH: '/bin', A_CLOUDFLARE_: 'a' };
  const before = { ...env };
  expect(takeCredentials(env)).toEqual(before);
  expect(env).toEqual({ PATH: '/bin', A_CLOUDFLARE_: 'a' });
});
