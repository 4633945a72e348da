import fc from 'fast-check';
import type { Inventory } from '../../lib/inventory/inventory';
import { type RecordResult, syncRecords } from '../../lib/dns/sync';
import type { RetryPolicy } from '../../lib/dns/retry-policy';
import { UserError } from '../../lib/errors';
import { CloudflareFake, type FakeRecord, type Fault, TOKEN, skipBackoff } from './cloudflare-fake';
import { anInventory } from '../an-inventory';

/** Without FUZZ_RUNS, which CI sets, every fault is tried at every sixth request only. */
const STRIDE = process.env['FUZZ_RUNS'] === undefined ? 6 : 1;
/** Random schedules of faults tried. */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 15);
const retryPolicy = { timeoutMs: 2000, retries: 2 };
/** For disturbed runs: an answer that is late all the same is one more fault. */
const hasty = { ...retryPolicy, timeoutMs: 25 };
const OURS = 'wireguard-endpoint: myth';
const NAME = 'wireguard.adyxax.org';

skipBackoff();

let fake: CloudflareFake;
beforeEach(async () => {
  fake = new CloudflareFake();
  await fake.listen();
});
afterEach(() => fake.close());

function sync(
  inventory: Inventory = anInventory(),
  options: {
    dryRun?: boolean;
    force?: boolean;
    env?: Record<string, string>;
    retryPolicy?: RetryPolicy;
  } = {},
): Promise<RecordResult[]> {
  const env = {
    CLOUDFLARE_BASE_URL: fake.url,
    ...(options.env ?? { CLOUDFLARE_API_TOKEN: TOKEN }),
  };
  return syncRecords(inventory, { dryRun: false, force: false, retryPolicy, ...options, env });
}

function withServices(...names: string[]): Inventory {
  const inventory = anInventory();
  const services = inventory.services.filter(({ name }) => names.includes(name));
  const dns = { zone: 'adyxax.org', name: 'wireguard', target: 'myth.adyxax.org', services: true };
  return { ...inventory, dns, services };
}

function withTargets(...target: string[]): Inventory {
  const dns = { zone: 'adyxax.org', name: 'wireguard', target, services: false };
  return anInventory({ dns });
}

function states(results: readonly RecordResult[]): string[] {
  return results.map(({ change, state }) => `${change.action} ${change.record.type}: ${state}`);
}

describe('a run', () => {
  test('creates the record, and the second writes nothing', async () => {
    expect(states(await sync())).toEqual(['create CNAME: applied']);
    expect(fake.records).toMatchObject([
      {
        type: 'CNAME',
        name: NAME,
        content: 'myth.adyxax.org',
        proxied: false,
        ttl: 1,
        comment: OURS,
      },
    ]);
    expect(states(await sync())).toEqual(['in sync CNAME: in sync']);
    expect(fake.writes).toEqual(['POST /dns_records']);
  });

  test('repairs what drifted, in one request', async () => {
    await sync();
    Object.assign(fake.records[0] ?? {}, { content: 'old.org', proxied: true, ttl: 300 });
    expect(states(await sync())).toEqual(['update CNAME: applied']);
    expect(fake.records).toMatchObject([{ content: 'myth.adyxax.org', proxied: false, ttl: 1 }]);
    expect(fake.writes).toHaveLength(2);
  });

  test('follows a target that becomes addresses, others, and a name again', async () => {
    const held = (): string[] =>
      fake.records.map(({ type, content }) => `${type} ${content}`).sort();
    await sync();
    expect(states(await sync(withTargets('192.0.2.1', '2001:db8::1')))).toEqual([
      'replace A: applied',
    ]);
    expect(held()).toEqual(['A 192.0.2.1', 'AAAA 2001:db8::1']);
    expect(states(await sync(withTargets('192.0.2.2', '2001:DB8::1', '192.0.2.1')))).toEqual([
      'create A: applied',
      'in sync AAAA: in sync',
      'in sync A: in sync',
    ]);
    expect(states(await sync(withTargets('192.0.2.3')))).toEqual([
      'update A: applied',
      'delete A: applied',
      'delete AAAA: applied',
    ]);
    expect(held()).toEqual(['A 192.0.2.3']);
    const writes = fake.writes.length;
    await sync(withTargets('192.0.2.3'));
    expect(fake.writes).toHaveLength(writes);
    expect(states(await sync(withTargets('192.0.2.1'), { dryRun: true }))).toEqual([
      'update A: planned',
    ]);
    expect(states(await sync())).toEqual(['replace CNAME: applied']);
    expect(held()).toEqual(['CNAME myth.adyxax.org']);
  });

  test('leaves the record of another alone without force', async () => {
    fake.add({ type: 'CNAME', name: NAME, content: 'other.org', comment: 'by hand' });
    fake.add({ type: 'TXT', name: NAME, content: 'hello' });
    const before = structuredClone(fake.records);
    expect(states(await sync())).toEqual(['refused CNAME: refused']);
    expect(fake.records).toEqual(before);
    expect(states(await sync(undefined, { force: true }))).toEqual(['update CNAME: applied']);
    expect(fake.records).toMatchObject([{ content: 'myth.adyxax.org', comment: OURS }, before[1]]);
  });

  test('publishes services, and takes back those that are gone', async () => {
    const inventory = withServices('kubernetes', 'postgresql');
    expect(states(await sync(inventory))).toEqual([
      'create CNAME: applied',
      'create A: applied',
      'create A: applied',
    ]);
    fake.add({ type: 'A', name: `mine.${NAME}`, content: '192.0.2.1' });
    expect(states(await sync(withServices('postgresql')))).toEqual([
      'in sync CNAME: in sync',
      'in sync A: in sync',
      'delete A: applied',
    ]);
    await sync(anInventory());
    expect(fake.records.map(({ name }) => name)).toEqual([NAME, `mine.${NAME}`]);
  });

  test('plans and writes nothing under dryRun', async () => {
    const planned: string[] = [];
    const results = await syncRecords(withServices('postgresql'), {
      dryRun: true,
      force: false,
      retryPolicy,
      env: { CLOUDFLARE_API_TOKEN: TOKEN, CLOUDFLARE_BASE_URL: fake.url },
      onPlan: (changes) => planned.push(...changes.map(({ action }) => action)),
    });
    expect(states(results)).toEqual(['create CNAME: planned', 'create A: planned']);
    expect(planned).toEqual(['create', 'create']);
    expect(fake.writes).toEqual([]);
  });

  test('without credentials says under dryRun what is wanted, and asks nobody', async () => {
    const results = await sync(withServices('postgresql'), { dryRun: true, env: {} });
    expect(states(results)).toEqual(['unknown CNAME: unknown', 'unknown A: unknown']);
    expect(results[0]?.reason).toMatch(/no Cloudflare credentials/);
    await expect(sync(anInventory(), { env: {} })).rejects.toThrow(/no Cloudflare credentials/);
    const env = { CLOUDFLARE_API_TOKEN: 'short' };
    await expect(sync(anInventory(), { dryRun: true, env })).rejects.toThrow(/malformed/);
    expect(fake.requests).toEqual([]);
  });

  test('without dns in the inventory does nothing', async () => {
    const { dns, ...inventory } = anInventory();
    expect(dns).toBeDefined();
    expect(await sync(inventory)).toEqual([]);
    expect(fake.requests).toEqual([]);
  });

  test('tries nothing more after a failure', async () => {
    fake.faultAt = (_, { method }) =>
      method === 'GET' ? undefined : { applied: false, answer: { status: 400, body: '{}' } };
    const results = await sync(withServices('kubernetes', 'postgresql'));
    expect(states(results)).toEqual([
      'create CNAME: failed',
      'create A: not tried',
      'create A: not tried',
    ]);
    expect(fake.writes).toHaveLength(1);
  });

  test('notices that the record was taken since it was planned', async () => {
    fake.faultAt = (_, { method }) => {
      if (method === 'POST') fake.add({ type: 'CNAME', name: NAME, content: 'other.org' });
      return undefined;
    };
    expect(states(await sync())).toEqual(['refused CNAME: refused']);
    expect(fake.records).toMatchObject([{ content: 'other.org', comment: null }]);
    expect(fake.writes).toHaveLength(1);
  });

  test('notices that the record is gone since it was planned', async () => {
    fake.add({ type: 'CNAME', name: NAME, content: 'old.org', comment: OURS });
    fake.faultAt = (_, { method }) => {
      if (method === 'PATCH') fake.records = [];
      return undefined;
    };
    const [result] = await sync();
    expect(result).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/81044.*"update" has become "create" meanwhile/) as string,
    });
  });

  test.each([
    ['a server error', 500, Infinity, 'failed', 1],
    ['a taken name that is free when read again', 409, Infinity, 'failed', 1],
    ['one answer of too many requests', 429, 1, 'applied', 2],
    ['too many requests without end', 429, Infinity, 'failed', 2],
  ])(
    'after %s sends no write but one that was turned away',
    async (_, status, times, state, sent) => {
      let left = times;
      fake.faultAt = (_, { method }) =>
        method === 'GET' || left-- <= 0
          ? undefined
          : { applied: false, answer: { status, body: '{}', headers: { 'retry-after': '0' } } };
      expect((await sync())[0]?.state).toBe(state);
      expect(fake.writes).toEqual(Array(sent).fill('POST /dns_records'));
    },
  );

  test('does not believe an answer that tells of another record', async () => {
    fake.faultAt = (_, { method }) => {
      const result = { id: 'x', type: 'CNAME', name: NAME, content: 'evil.org', ttl: 1 };
      const body = JSON.stringify({ success: true, result });
      return method === 'POST' ? { applied: false, answer: { status: 200, body } } : undefined;
    };
    const [result] = await sync();
    expect(result?.reason).toMatch(/answered with .*evil\.org instead of .*was not carried out/);
  });
});

/** For a loaded machine, and for the many runs of CI. */
const LONG_MS = 60_000 + 100 * RUNS;

describe('whatever fails, the zone holds the wanted record or what it held', () => {
  const failed = (status: number, body: string, headers = {}): Fault['answer'] => ({
    status,
    body,
    headers,
  });
  const apiError = (code: number): string =>
    JSON.stringify({ success: false, result: null, errors: [{ code, message: 'an error' }] });
  const ANSWERS: readonly Fault['answer'][] = [
    'drop',
    'stall',
    'hang',
    failed(500, apiError(1000)),
    failed(503, '<html>unavailable</html>', { 'content-type': 'text/html' }),
    failed(429, apiError(971), { 'retry-after': '0' }),
    failed(429, apiError(971), { 'retry-after': '3600' }),
    failed(409, apiError(1)),
    failed(400, apiError(81058)),
    failed(400, apiError(81057)),
    failed(400, apiError(81053)),
    failed(404, apiError(81044)),
    failed(403, apiError(10000)),
    failed(302, '', { location: 'http://127.0.0.1:1/' }),
    failed(200, apiError(1000)),
    failed(200, '<html>Log in</html>', { 'content-type': 'text/html' }),
    failed(200, 'null'),
    failed(200, '{"success":true,"result":{}}'),
  ];
  const FAULTS = ANSWERS.flatMap((answer): Fault[] => [
    { applied: true, answer },
    { applied: false, answer },
  ]);
  const own = { comment: OURS, ttl: 1, proxied: false };
  const endpoint = { type: 'CNAME', name: NAME, content: 'myth.adyxax.org', ...own };
  const service = { type: 'A', name: `postgresql.${NAME}`, content: '10.1.3.17', ...own };

  /** Each with the records at first, and the requests of an undisturbed run. */
  const SCENARIOS: readonly {
    readonly name: string;
    readonly inventory: Inventory;
    readonly records: readonly Omit<FakeRecord, 'id'>[];
    readonly requests: number;
  }[] = [
    { name: 'create', inventory: withServices('postgresql'), records: [], requests: 5 },
    {
      name: 'update',
      inventory: withServices('postgresql'),
      records: [
        { ...endpoint, content: 'old.org' },
        { ...service, content: '10.1.3.18' },
      ],
      requests: 5,
    },
    {
      name: 'addresses',
      inventory: withTargets('192.0.2.1', '2001:db8::1'),
      records: ['192.0.2.8', '192.0.2.9'].map((content) => ({ ...endpoint, type: 'A', content })),
      requests: 6,
    },
    {
      name: 'a CNAME replaced by addresses',
      inventory: withTargets('192.0.2.1', '192.0.2.2'),
      records: [endpoint],
      requests: 4,
    },
    {
      name: 'addresses replaced by a CNAME',
      inventory: anInventory(),
      records: ['192.0.2.8', '192.0.2.9'].map((content) => ({ ...endpoint, type: 'A', content })),
      requests: 4,
    },
    { name: 'delete', inventory: anInventory(), records: [endpoint, service], requests: 4 },
    { name: 'in sync', inventory: anInventory(), records: [endpoint], requests: 3 },
  ];
  const BYSTANDERS = [
    { type: 'TXT', name: NAME, content: 'hello' },
    { type: 'CNAME', name: 'www.adyxax.org', content: 'old.org' },
    { type: 'A', name: `mine.${NAME}`, content: '10.1.3.17' },
  ];

  /** The zone, the records at the endpoint's name, those below it. */
  const READS = 3;

  /** One disturbed run, then an undisturbed one that mends what is left. */
  async function disturb(
    { inventory, records }: (typeof SCENARIOS)[number],
    faultAt: CloudflareFake['faultAt'],
  ): Promise<void> {
    fake.records = [];
    fake.requests = [];
    const bystanders = BYSTANDERS.map((record) => fake.add(record));
    for (const record of records) fake.add(record);
    const before = contents();
    fake.faultAt = faultAt;
    const results = await sync(inventory, { retryPolicy: hasty }).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      expect(error.message).not.toContain(TOKEN);
      return undefined;
    });
    fake.faultAt = () => undefined;
    const after = contents();
    // Either nothing was begun, or each record has its result.
    if (results === undefined) expect(after).toEqual(before);
    else expect(results.length).toBeGreaterThan(0);
    for (const { state, reason } of results ?? []) {
      expect(state === 'failed').toBe(reason !== undefined);
    }
    const isDone = results?.every(({ state }) => state === 'applied' || state === 'in sync');

    expect(states(await sync(inventory)).filter((state) => /failed|refused/.test(state))).toEqual(
      [],
    );
    const wanted = contents();
    if (isDone === true) expect(after).toEqual(wanted);
    for (const line of after) expect([...before, ...wanted]).toContain(line);
    const kinds = after.map((line) => (line.startsWith('CNAME') ? line.split(' -> ')[0] : line));
    expect(new Set(kinds).size).toBe(after.length);
    // At no time does the endpoint's name lead nowhere.
    const isEndpoint = (line: string): boolean => /^(A|AAAA|CNAME) wireguard\./.test(line);
    if (before.some(isEndpoint)) expect(after.some(isEndpoint)).toBe(true);
    expect(fake.records.slice(0, 3)).toEqual(bystanders);
  }

  function contents(): string[] {
    return fake.records.map(
      ({ type, name, content, comment, proxied, ttl }) =>
        `${type} ${name} -> ${content} ${comment ?? ''} ${proxied} ${ttl}`,
    );
  }

  test.each(SCENARIOS)(
    'one fault at each request: $name',
    async (scenario) => {
      let tried = 0;
      for (let position = 0; position < scenario.requests; position++) {
        // Whether a read takes effect makes no difference.
        const faults = FAULTS.filter(({ applied }) => !applied || position >= READS);
        for (const [number, fault] of faults.entries()) {
          if ((number + position) % STRIDE !== 0) continue;
          await disturb(scenario, (index) => (index === position ? fault : undefined));
          tried++;
        }
      }
      // Nothing was missed: an undisturbed run has just as many requests.
      fake.requests = [];
      fake.records = [];
      for (const record of scenario.records) fake.add(record);
      await sync(scenario.inventory);
      expect(fake.requests).toHaveLength(scenario.requests);
      const writes = fake.writes.length;
      await sync(scenario.inventory);
      expect(fake.writes).toHaveLength(writes);
      expect(tried).toBe((ANSWERS.length * (2 * scenario.requests - READS)) / STRIDE);
    },
    LONG_MS,
  );

  test(
    'any schedule of faults',
    async () => {
      const fault = fc.option(fc.constantFrom(...FAULTS), { nil: undefined, freq: 2 });
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(...SCENARIOS),
          fc.array(fault, { maxLength: 12 }),
          (scenario, schedule) => disturb(scenario, (index) => schedule[index]),
        ),
        { numRuns: RUNS },
      );
    },
    LONG_MS,
  );
});
