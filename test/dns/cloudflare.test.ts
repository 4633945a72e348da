import fc from 'fast-check';
import { anyCharacter } from '../any-character';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import type { CloudflareAccess } from '../../lib/dns/cloudflare';
import { CloudflareError } from '../../lib/dns/cloudflare-error';
import type { ZoneRecord } from '../../lib/dns/record';
import { proxyFor } from '../../lib/dns/proxy';
import { type Zone, openZone } from '../../lib/dns/zone';
import { CloudflareFake, type Fault, TOKEN, ZONE_ID, skipBackoff } from './cloudflare-fake';
import { ConnectProxy } from './connect-proxy';

/** Random answers tried. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 60);
const retryPolicy = { timeoutMs: 5000, retries: 2 };
const hasty = { ...retryPolicy, timeoutMs: 300 };
const wanted = {
  type: 'CNAME',
  name: 'wireguard.adyxax.org',
  content: 'myth.adyxax.org',
  comment: 'wireguard-endpoint: myth',
} as const;

skipBackoff();

let fake: CloudflareFake;
beforeEach(async () => {
  fake = new CloudflareFake();
  await fake.listen();
});
afterEach(() => fake.close());

function open(access: Partial<CloudflareAccess> = {}, zone = 'adyxax.org'): Promise<Zone> {
  const credentials = { apiToken: TOKEN };
  return openZone(zone, { credentials, baseUrl: fake.url, retryPolicy, ...access });
}

/** The failure of a call, and that it holds no secret, in its cause neither. */
async function failureOf(call: Promise<unknown>): Promise<CloudflareError> {
  const outcome: unknown = await call.then(
    () => 'no failure',
    (error: unknown) => error,
  );
  if (!(outcome instanceof CloudflareError)) throw new Error(String(outcome));
  expect(`${outcome.message} ${outcome.stack ?? ''} ${String(outcome.cause)}`).not.toContain(TOKEN);
  return outcome;
}

function answerWith(
  status: number,
  body: string,
  headers: Record<string, string> = {},
  applied = false,
): Fault {
  return { applied, answer: { status, body, headers } };
}

function failOnce(fault: Fault): void {
  const at = fake.requests.length;
  fake.faultAt = (index) => (index === at ? fault : undefined);
}

function failAlways(fault: Fault): void {
  fake.faultAt = () => fault;
}

describe('on the wire', () => {
  test('records are asked for by name, and written whole', async () => {
    const zone = await open();
    await zone.recordsAt(wanted.name);
    const { id } = await zone.create(wanted);
    await zone.edit(id, wanted);
    await zone.remove(id);
    expect(
      fake.requests.map(({ method, path, query }) => `${method} ${path} ${query.toString()}`),
    ).toEqual([
      'GET /client/v4/zones name=adyxax.org',
      `GET /client/v4/zones/${ZONE_ID}/dns_records name.exact=wireguard.adyxax.org&page=1&per_page=1000`,
      `POST /client/v4/zones/${ZONE_ID}/dns_records `,
      `PATCH /client/v4/zones/${ZONE_ID}/dns_records/${id} `,
      `DELETE /client/v4/zones/${ZONE_ID}/dns_records/${id} `,
    ]);
    const body = { ...wanted, proxied: false, ttl: 1 };
    expect(fake.requests.slice(2, 4).map((request) => request.body)).toEqual([body, body]);
  });

  test('one credential goes along and nothing of the environment', async () => {
    const env = { ...process.env };
    Object.assign(process.env, {
      CLOUDFLARE_API_KEY: 'k'.repeat(37),
      CLOUDFLARE_EMAIL: 'a@example.org',
      CLOUDFLARE_API_USER_SERVICE_KEY: 'v1.0-service',
      CLOUDFLARE_CUSTOM_HEADERS: 'x-custom: secret\ncookie: secret',
      CLOUDFLARE_BASE_URL: 'http://127.0.0.1:9/',
    });
    try {
      await open();
      await open({ credentials: { apiEmail: 'b@example.org', apiKey: 'q'.repeat(37) } });
    } finally {
      process.env = env;
    }
    const [byToken, byKey] = fake.requests.map(({ headers }) => headers);
    expect(byToken).toMatchObject({ authorization: `Bearer ${TOKEN}` });
    expect(byKey).toMatchObject({ 'x-auth-key': 'q'.repeat(37), 'x-auth-email': 'b@example.org' });
    expect(byKey).not.toHaveProperty('authorization');
    expect(Object.keys(byToken ?? {}).filter((name) => name.startsWith('x-'))).toEqual([]);
    expect(byToken).not.toHaveProperty('cookie');
  });

  test('no redirect is followed', async () => {
    let visits = 0;
    const elsewhere = createServer((_, response) => {
      visits++;
      response.end('{}');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    failAlways(answerWith(307, '', { location }));
    const { message } = await failureOf(open());
    elsewhere.close();
    expect(message).toMatch(/redirect/);
    expect(visits).toBe(0);
  });
});

test('a proxy that refuses is named, and its password is not', async () => {
  const proxy = new ConnectProxy('cloudflare.example', () => fake.url);
  await proxy.listen();
  proxy.status = 407;
  try {
    const baseUrl = 'https://cloudflare.example/client/v4';
    const env = { HTTPS_PROXY: proxy.url('me:hush@') };
    const { message } = await failureOf(open({ baseUrl, proxy: proxyFor(baseUrl, env) }));
    expect(message).toMatch(
      /\(407\).*; the request goes through the proxy http:\/\/127\.0\.0\.1:\d+ of HTTPS_PROXY/,
    );
    expect(message).not.toMatch(/hush|bWU6aHVzaA/);
    expect(proxy.connects).toHaveLength(3);
  } finally {
    proxy.close();
  }
});

describe('an answer that is none', () => {
  const NOT_FOUND_ANYTHING: readonly (readonly [string, Fault, RegExp])[] = [
    [
      'success: false with status 200',
      answerWith(
        200,
        '{"success":false,"result":null,"errors":[{"code":1101,"message":"Worker exception"}]}',
      ),
      /Worker exception \(1101\)/,
    ],
    [
      'a web page with status 200',
      answerWith(200, '<html>Log in</html>', { 'content-type': 'text/html' }),
      /text\/html.*captive portal/,
    ],
    ['malformed JSON', answerWith(200, '{"success":tr'), /envelope/],
    ['null', answerWith(200, 'null'), /envelope/],
    ['an empty body', answerWith(200, ''), /envelope/],
    [
      'a result of another form',
      answerWith(200, '{"success":true,"result":{"a":1}}'),
      /documented form/,
    ],
    [
      'records of another form',
      answerWith(200, '{"success":true,"result":[{"id":""}]}'),
      /documented form/,
    ],
  ];

  test.each(NOT_FOUND_ANYTHING)('is not an empty list: %s', async (_, fault, message) => {
    const zone = await open();
    failAlways(fault);
    expect((await failureOf(zone.recordsAt(wanted.name))).message).toMatch(message);
  });

  test.each(NOT_FOUND_ANYTHING)('is not a created record: %s', async (_, fault) => {
    const zone = await open();
    failAlways(fault);
    expect((await failureOf(zone.create(wanted))).isUncertain).toBe(true);
    expect(fake.writes).toEqual(['POST /dns_records']);
  });
});

describe('time', () => {
  test.each(['hang', 'stall', 'drop'] as const)(
    'a connection that does %s is given up and asked anew',
    async (answer) => {
      const zone = await open({ retryPolicy: hasty });
      failOnce({ applied: false, answer });
      await expect(zone.recordsAt(wanted.name)).resolves.toEqual([]);
      expect(fake.requests.length).toBeGreaterThanOrEqual(3);
    },
  );

  test.each(['hang', 'stall', 'drop'] as const)('a write that does %s is not', async (answer) => {
    const zone = await open({ retryPolicy: hasty });
    failAlways({ applied: true, answer });
    expect((await failureOf(zone.create(wanted))).isUncertain).toBe(true);
    expect(fake.writes).toHaveLength(1);
  });

  test('a short retry-after is obeyed', async () => {
    const { setTimeout: begin } = globalThis;
    const waits = jest
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation((then, ms) => begin(then, ms === 7000 ? 0 : ms));
    failOnce(answerWith(429, '{"success":false,"errors":[]}', { 'retry-after': '7' }));
    await open();
    expect(waits.mock.calls.filter(([, ms]) => ms === 7000)).toHaveLength(1);
    waits.mockRestore();
  });

  test.each(['300', 'Fri, 31 Dec 9999 23:59:59 GMT'])(
    'a long one (%s) is an error, at once',
    async (retryAfter) => {
      failAlways(answerWith(429, '{"success":false,"errors":[]}', { 'retry-after': retryAfter }));
      expect((await failureOf(open())).message).toMatch(/HTTP 429: too many requests.*later/);
      expect(fake.requests).toHaveLength(1);
    },
  );

  test('reads are repeated twice and no more', async () => {
    failAlways(answerWith(502, '<html>Bad gateway</html>'));
    expect((await failureOf(open())).message).toContain('HTTP 502');
    expect(fake.requests).toHaveLength(3);
  });
});

describe('lists', () => {
  test('are read to their end, in few requests', async () => {
    for (let i = 0; i < 25; i++) {
      fake.add({ type: 'A', name: `s${i}.wireguard.adyxax.org`, content: '10.1.3.17' });
    }
    fake.maxPerPage = 10;
    const zone = await open();
    expect(await zone.recordsBelow('wireguard.adyxax.org')).toHaveLength(25);
    expect(fake.requests).toHaveLength(1 + 3);
  });

  test.each([
    ['end early', [], '0 of 7'],
    [
      'repeat a page',
      [{ id: 'a', type: 'TXT', name: wanted.name, content: 'hello', ttl: 1 }],
      '1 of 7',
    ],
  ])('that %s are an error', async (_, result, message) => {
    const zone = await open();
    const part = { success: true, result, result_info: { total_count: 7 } };
    failAlways(answerWith(200, JSON.stringify(part)));
    expect((await failureOf(zone.recordsAt(wanted.name))).message).toContain(message);
  });

  test('of an API that ignores the filter hold other names, which are left out', async () => {
    const zone = await open();
    const record = { id: 'a', type: 'A', name: 'www.adyxax.org', content: '192.0.2.1', ttl: 1 };
    failAlways(answerWith(200, JSON.stringify({ success: true, result: [record] })));
    expect(await zone.recordsAt(wanted.name)).toEqual([]);
    expect(await zone.recordsBelow(wanted.name)).toEqual([]);
  });
});

test(
  'whatever is answered, a list is one of records, or an error',
  async () => {
    const zone = await open();
    const some = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
      fc.oneof({ weight: 8, arbitrary: value }, { weight: 1, arbitrary: fc.jsonValue() });
    const text = fc.string({ unit: anyCharacter, maxLength: 8 });
    const record = fc.record(
      {
        id: some(text),
        type: some(fc.constantFrom('A', 'cname', 'TXT')),
        name: some(fc.constantFrom(wanted.name, `${wanted.name.toUpperCase()}.`, 'x.adyxax.org')),
        content: some(text),
        ttl: some(fc.nat()),
        proxied: some(fc.boolean()),
        comment: some(text),
      },
      { noNullPrototype: true },
    );
    const answer = fc.record(
      {
        success: some(fc.constant(true)),
        errors: some(fc.array(fc.record({ code: some(fc.nat()), message: some(text) }))),
        result: some(fc.array(record, { maxLength: 3 })),
        result_info: some(fc.record({ total_count: some(fc.nat(4)) })),
      },
      { requiredKeys: ['success', 'result'] },
    );
    const outcomes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(some(answer), fc.constantFrom(200, 200, 400), async (body, status) => {
        failAlways(answerWith(status, JSON.stringify(body)));
        const found = await zone.recordsAt(wanted.name).catch((error: unknown) => error);
        if (!(found instanceof CloudflareError)) {
          for (const one of found as ZoneRecord[]) {
            expect(one).toMatchObject({
              name: wanted.name,
              proxied: expect.any(Boolean) as boolean,
            });
            expect(one.type).toBe(one.type.toUpperCase());
          }
        }
        outcomes.add(found instanceof CloudflareError ? 'error' : 'list');
      }),
      { numRuns: RUNS },
    );
    expect(outcomes).toEqual(new Set(['error', 'list']));
  },
  60_000 + 100 * RUNS,
);

test('lists without end are given up', async () => {
  const zone = await open();
  fake.faultAt = (index) => {
    const record = { id: `${index}`, type: 'TXT', name: wanted.name, content: 'hello', ttl: 1 };
    const endless = { success: true, result: [record], result_info: { total_count: 1e300 } };
    return answerWith(200, JSON.stringify(index % 2 ? endless : { ...endless, result_info: null }));
  };
  const { message } = await failureOf(zone.recordsAt(wanted.name));
  expect(message).toMatch(/listed 100 of .* records; nothing is decided on a part/);
  expect(fake.requests.length).toBeLessThan(150);
});

test('an answer without end is given up', async () => {
  const server = createServer((_, response) => {
    const more = (): void => {
      while (response.write(' '.repeat(65536)));
    };
    response.on('drain', more).writeHead(200, { 'content-type': 'application/json' });
    more();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    expect((await failureOf(open({ baseUrl }))).message).toMatch(/the answer is larger than 8 MiB/);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

describe('an international zone', () => {
  const PUNYCODE = 'xn--bcher-kva.example';
  const record = { ...wanted, name: `wireguard.${PUNYCODE}`, content: `myth.${PUNYCODE}` };

  test.each([
    ['punycode', domainToASCII],
    ['Unicode', domainToUnicode],
    ['capitals', (name: string) => domainToUnicode(name).toUpperCase()],
  ])('is found, and so are its records, when the API answers in %s', async (_, spell) => {
    fake.spell = spell;
    fake.zones = [{ id: ZONE_ID, name: spell(PUNYCODE) }];
    fake.add({ type: 'A', name: spell(`db.${record.name}`), content: '10.1.3.17' });
    for (const zone of [await open({}, PUNYCODE), await open({ zoneId: ZONE_ID }, PUNYCODE)]) {
      for (const old of await zone.recordsAt(record.name)) await zone.remove(old.id);
      await zone.create(record);
      expect(await zone.recordsAt(record.name)).toMatchObject([{ name: record.name }]);
      expect(await zone.recordsBelow(record.name)).toHaveLength(1);
    }
    fake.may.zone = false;
    await open({ zoneId: ZONE_ID }, PUNYCODE);
  });
});

describe('the zone', () => {
  test('that the credential does not see is told from its permissions', async () => {
    fake.may.zone = false;
    await expect(open()).rejects.toThrow(/no zone adyxax\.org.*"Zone\.DNS Edit".*ZONE_ID/);
  });

  test('of a name that several accounts have is refused', async () => {
    fake.zones.push({ id: 'f'.repeat(32), name: 'adyxax.org' });
    await expect(open()).rejects.toThrow(/2 zones named adyxax\.org \(\w{32}, f{32}\): .*ZONE_ID/);
  });

  test('is not looked up with an id, which is checked', async () => {
    await open({ zoneId: ZONE_ID });
    expect(fake.requests.map(({ path }) => path)).toEqual([`/client/v4/zones/${ZONE_ID}`]);
    await expect(open({ zoneId: ZONE_ID }, 'example.org')).rejects.toThrow(
      /not the zone example\.org: it holds adyxax\.org/,
    );
  });

  test('is told by its records when the token may not look it up', async () => {
    fake.may.zone = false;
    await expect(open({ zoneId: ZONE_ID })).rejects.toThrow(/no record to tell it by/);
    fake.add({ type: 'A', name: 'www.adyxax.org', content: '192.0.2.1' });
    await open({ zoneId: ZONE_ID });
    await expect(open({ zoneId: ZONE_ID }, 'example.org')).rejects.toThrow(/www\.adyxax\.org/);
    expect(fake.writes).toEqual([]);
  });
});

describe('an error of the API is explained', () => {
  const body = (code: number, message: string, chain?: object): string =>
    JSON.stringify({
      success: false,
      errors: [{ code, message, ...(chain === undefined ? {} : { error_chain: [chain] }) }],
    });

  test.each([
    [403, body(9109, 'Invalid access token'), /invalid or expired, or lacks .*"Zone\.DNS Edit"/],
    [401, body(10000, 'Authentication error'), /invalid or expired, or lacks .*adyxax\.org/],
    [
      400,
      body(6003, 'Invalid request headers', { code: 6111, message: 'Invalid format' }),
      /6003.*Invalid format \(6111\).*copy it again/,
    ],
    [
      403,
      body(0, 'requires permission "com.cloudflare.api.account.zone.list"'),
      /set CLOUDFLARE_ZONE_ID/,
    ],
    [404, body(7003, 'Could not route'), /check CLOUDFLARE_ZONE_ID/],
    [400, body(81045, 'Record quota exceeded.'), /quota exceeded \(81045\): the zone holds/],
    [
      400,
      body(1004, 'DNS Validation Error', {
        code: 9007,
        message: 'Content for CNAME record is invalid.',
      }),
      /Content for CNAME record is invalid \(9007\): check dns\.target/,
    ],
    [
      400,
      body(1004, 'DNS Validation Error', { code: 9021, message: 'Invalid TTL.' }),
      /Invalid TTL \(9021\)$/,
    ],
    [400, '<html>', /HTTP 400$/],
  ])('%i %s', async (status, text, message) => {
    failAlways(answerWith(status, text));
    expect((await failureOf(open())).message).toMatch(message);
    expect(fake.requests).toHaveLength(1);
  });

  test.each(
    [
      (text: string) => text,
      (text: string) => text.toUpperCase(),
      (text: string) => text.slice(5, 40),
      (text: string) => Buffer.from(text).toString('base64'),
      (text: string) => Buffer.from(`Bearer ${text}`).toString('base64url'),
      (text: string) => `key=${Buffer.from(text).toString('base64')}`,
      (text: string) => Buffer.from(text).toString('hex'),
      (text: string) => Buffer.from(text).toString('hex').replace(/../g, '$&:'),
      (text: string) => text.replace(/./g, (one) => `%${one.charCodeAt(0).toString(16)}`),
      (text: string) => text.replace(/[_A-Z]/g, (one) => `%${one.charCodeAt(0).toString(16)}`),
      (text: string) => text.replace(/./g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`),
      (text: string) => text.replace(/./g, (one) => `&#${one.charCodeAt(0)};`),
      (text: string) => text.replace(/./g, (one) => `&#x${one.charCodeAt(0).toString(16)};`),
      (text: string) =>
        encodeURIComponent(Buffer.from(encodeURIComponent(text)).toString('base64')),
      (text: string) => Buffer.from(Buffer.from(text).toString('base64')).toString('hex'),
    ].map((encode) => encode(TOKEN)),
  )('without the credential it may echo: %s', async (echo) => {
    failAlways(answerWith(400, body(1, `"bad token \\"${echo}\\", sorry"`)));
    const { message, codes } = await failureOf(open());
    expect(message).toContain('***');
    expect(message).toMatch(/bad token.*sorry/);
    expect(message).not.toContain(echo.slice(0, 12));
    expect(codes).toEqual([1]);
    failAlways(answerWith(502, `<html>${echo}</html>`, { 'retry-after': '0' }));
    expect((await failureOf(open())).message).not.toContain(echo.slice(0, 12));
  });

  test('without the credential it may echo, and on one line', async () => {
    failAlways(answerWith(400, body(1, `bad token ${TOKEN}\n\u001b[2Jgone`)));
    expect((await failureOf(open())).message).toMatch(/bad token \*\*\*\\n\\u\{1b\}\[2Jgone/);
  });

  test('a token that is malformed or revoked', async () => {
    const credentials = { apiToken: 'x'.repeat(40) };
    expect((await failureOf(open({ credentials }))).message).toMatch(/Invalid access token/);
  });

  test('an address where nobody listens', async () => {
    const { message } = await failureOf(open({ baseUrl: 'http://127.0.0.1:1/client/v4' }));
    expect(message).toMatch(
      /look up the zone adyxax\.org: no usable answer .*(ECONNREFUSED|bad port)/,
    );
  });
});
