import { CloudflareError, envelope, errorOf } from '../../lib/dns/cloudflare-error';

test.each([
  [undefined, [], true],
  [200, [], true],
  [408, [], true],
  [409, [], true],
  [429, [], true],
  [500, [], true],
  [503, [], true],
  [400, [], false],
  [403, [], false],
  [499, [], false],
  [400, [1004, 81053], true],
  [400, [81044], true],
  [400, [81058], true],
  [400, [81045], false],
])('after status %p with codes %p a write is uncertain: %p', (status, codes, isUncertain) => {
  expect(new CloudflareError('', status, codes).isUncertain).toBe(isUncertain);
});

const told = (status: number, ...codes: number[]): string =>
  errorOf(status, { errors: codes.map((code) => ({ code, message: 'No.' })) }, 'PERMISSIONS')
    .message;

test.each([
  [400, [], 'HTTP 400'],
  [400, [1], 'HTTP 400, No (1)'],
  [400, [6003], 'HTTP 400, No (6003): the credential is malformed; copy it again'],
  [400, [6111], 'HTTP 400, No (6111): the credential is malformed; copy it again'],
  [401, [], 'HTTP 401: the credential is invalid or expired, or lacks PERMISSIONS'],
  [403, [], 'HTTP 403: the credential is invalid or expired, or lacks PERMISSIONS'],
  [400, [9109], 'HTTP 400, No (9109): the credential is invalid or expired, or lacks PERMISSIONS'],
  [
    400,
    [10000],
    'HTTP 400, No (10000): the credential is invalid or expired, or lacks PERMISSIONS',
  ],
  [
    400,
    [1, 81045],
    'HTTP 400, No (1), No (81045): the zone holds as many records as its plan allows; remove some',
  ],
  [404, [81044], 'HTTP 404, No (81044)'],
  [400, [9007], 'HTTP 400, No (9007): check dns.target in the inventory'],
  [400, [7000], 'HTTP 400, No (7000): check CLOUDFLARE_ZONE_ID and CLOUDFLARE_BASE_URL'],
  [400, [7003], 'HTTP 400, No (7003): check CLOUDFLARE_ZONE_ID and CLOUDFLARE_BASE_URL'],
  [404, [], 'HTTP 404: check CLOUDFLARE_ZONE_ID and CLOUDFLARE_BASE_URL'],
  [429, [], 'HTTP 429: too many requests; run the command again later'],
])('status %i with codes %p is told as %p', (status, codes, message) => {
  expect(told(status, ...codes)).toBe(message);
});

test.each([
  ['an error without anything', { errors: [{}] }, 'HTTP 400,  (0)'],
  ['a chain of another form', { errors: [{ code: 1, message: 'a', error_chain: 1 }] }, 'a (1)'],
  ['no list', { errors: null }, 'HTTP 400'],
  ['no object', '<html>', 'HTTP 400'],
])('%s is told as far as it goes', (_, body, message) => {
  expect(errorOf(400, body, '').message).toContain(message);
});

test('the errors and the count of an answer are taken where they have their form', () => {
  const answer = { success: true, result: [] };
  expect(envelope.parse({ ...answer, errors: 1, result_info: { total_count: 'many' } })).toEqual({
    ...answer,
    errors: [],
    result_info: undefined,
  });
});
