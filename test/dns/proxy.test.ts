import { proxyFor } from '../../lib/dns/proxy';

const API = 'https://api.cloudflare.com/client/v4';
const HTTPS_PROXY = 'http://proxy.example.org:3128';

function described(env: Record<string, string>, target = API): string | undefined {
  return proxyFor(target, env)?.description;
}

test.each([
  ['nothing', {}, undefined],
  ['an empty variable', { HTTPS_PROXY: '' }, undefined],
  ['HTTPS_PROXY', { HTTPS_PROXY }, 'the proxy http://proxy.example.org:3128 of HTTPS_PROXY'],
  [
    'https_proxy first',
    { HTTPS_PROXY, https_proxy: 'http://a:1' },
    'the proxy http://a:1 of https_proxy',
  ],
  ['ALL_PROXY', { ALL_PROXY: 'socks5h://a:1080' }, 'the proxy socks5://a:1080 of ALL_PROXY'],
  ['HTTP_PROXY, which is for http', { HTTP_PROXY: HTTPS_PROXY }, undefined],
  ['a host and port', { HTTPS_PROXY: 'proxy:3128' }, 'the proxy http://proxy:3128 of HTTPS_PROXY'],
  ['a user', { HTTPS_PROXY: 'http://me:hush@a:1' }, 'the proxy http://a:1 of HTTPS_PROXY'],
])('%s says which proxy to use', (_, env, description) => {
  expect(described(env as Record<string, string>)).toBe(description);
});

test.each([
  ['*', true],
  ['api.cloudflare.com', true],
  ['API.Cloudflare.com.', true],
  ['cloudflare.com', true],
  ['.cloudflare.com', true],
  ['*.cloudflare.com', true],
  ['localhost, cloudflare.com:443', true],
  ['example.org cloudflare.com', true],
  ['cloudflare.com:8443', false],
  ['flare.com', false],
  ['cloudflare.com.example.org', false],
  ['', false],
])('NO_PROXY %j leads past it: %s', (NO_PROXY, isPast) => {
  expect(described({ HTTPS_PROXY, NO_PROXY }) === undefined).toBe(isPast);
  expect(described({ HTTPS_PROXY, NO_PROXY: 'x', no_proxy: NO_PROXY || 'y' }) === undefined).toBe(
    isPast,
  );
});

test.each([
  ['https://10.1.2.3/', '10.0.0.0/8', true],
  ['https://10.1.2.3/', '10.1.2.3', true],
  ['https://10.1.2.3/', '10.1.2.0/33', false],
  ['https://10.1.2.3/', '11.0.0.0/8', false],
  ['https://10.1.2.3/', '2.3', false],
  ['https://[fd00::1]:8443/', 'fd00::/8', true],
  ['https://[fd00::1]:8443/', '[fd00::1]:8443', true],
  ['https://[fd00::1]:8443/', '[fd00::1]:443', false],
  ['https://[fd00::1]/', '::/0,nonsense/x', true],
])('to %s, NO_PROXY %s leads past it: %s', (target, NO_PROXY, isPast) => {
  expect(described({ HTTPS_PROXY, NO_PROXY }, target) === undefined).toBe(isPast);
});

test('loopback over http is reached directly: a proxy would read the credential', () => {
  const env = {
    HTTPS_PROXY,
    HTTP_PROXY: HTTPS_PROXY,
    http_proxy: HTTPS_PROXY,
    ALL_PROXY: HTTPS_PROXY,
  };
  expect(proxyFor('http://127.0.0.1:8080/client/v4', env)).toBeUndefined();
});

test.each(['ftp://a:1', 'http://', 'http://%zz:hush@a:1', 'a b:hush'])(
  '%j is refused without being shown',
  (value) => {
    expect(() => proxyFor(API, { HTTPS_PROXY: value })).toThrow(
      /^HTTPS_PROXY is not the address of a proxy(?!.*hush)/,
    );
  },
);

test.each([
  ['http://me:hu%3Ash@a:1', 'me:hu:sh'],
  ['http://me@a:1', 'me:'],
  ['http://a:1', undefined],
  ['http://:hush@a:1', undefined],
])('a proxy %s is told who asks: %s', (HTTPS_PROXY, user) => {
  const token = user && `Basic ${Buffer.from(user).toString('base64')}`;
  expect(proxyFor(API, { HTTPS_PROXY })?.token).toBe(token);
});

test.each([
  ['//a:1', 'http://a:1'],
  ['https://a:1', 'https://a:1'],
  ['SOCKS5H://a:1', 'socks5://a:1'],
  [' http://a:1 ', 'http://a:1'],
])('%j is the proxy %s', (HTTPS_PROXY, url) => {
  expect(proxyFor(API, { HTTPS_PROXY })?.description).toContain(` ${url} `);
});

test.each([
  ['a first of two', { https_proxy: 'http://b:1', all_proxy: 'http://c:1' }, 'https_proxy'],
  ['all_proxy before ALL_PROXY', { all_proxy: 'http://b:1', ALL_PROXY: 'http://c:1' }, 'all_proxy'],
  ['a blank one is passed over', { https_proxy: '', ALL_PROXY: 'http://c:1' }, 'ALL_PROXY'],
])('%s', (_, env, variable) => {
  expect(proxyFor(API, env)?.description).toMatch(new RegExp(` of ${variable}$`));
});

test.each([
  ['https://api.cloudflare.com./', 'cloudflare.com', true],
  ['https://10.1.2.3/', '10.1.2.3/32', true],
  ['https://10.1.2.4/', '10.1.2.3/32', false],
  ['https://10.1.2.3/', '0.0.0.0/0', true],
  ['https://10.1.2.3/', '10.1.2.3/-1', false],
  ['https://10.1.2.3/', '10.1.2.3/x', false],
  ['https://10.1.2.3/', '::/0', false],
  ['https://[fd00::1]/', '0.0.0.0/0', false],
  ['https://[fd00::1]/', 'fd00::1/128', true],
  ['https://[fd00::1]/', 'fd00::1/129', false],
  ['https://a.example:444/', 'a.example:444', true],
  ['https://a.example:444/', 'a.example:443', false],
  ['https://a.example/', 'a.example:44', false],
  ['https://ba.example/', 'a.example', false],
  ['https://a.example/', 'x', false],
])('to %s, NO_PROXY %s leads past it, too: %s', (target, NO_PROXY, isPast) => {
  expect(described({ HTTPS_PROXY, NO_PROXY }, target) === undefined).toBe(isPast);
});
