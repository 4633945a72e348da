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
