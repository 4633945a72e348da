import { applyChange } from '../../lib/dns/apply';
import { CloudflareError } from '../../lib/dns/cloudflare-error';
import type { Change } from '../../lib/dns/plan';
import { type WantedRecord, type ZoneRecord, ownershipComment } from '../../lib/dns/record';
import type { Zone } from '../../lib/dns/zone';
import { UserError } from '../../lib/errors';

const comment = ownershipComment('myth');
const name = 'vpn.example.org';
const [one, two] = ['192.0.2.1', '192.0.2.2'].map((content) => ({
  type: 'A',
  name,
  content,
  comment,
})) as [WantedRecord, WantedRecord];
const alias: WantedRecord = { type: 'CNAME', name, content: 'myth.example.net', comment };

const held = (record: WantedRecord, changes: Partial<ZoneRecord> = {}): ZoneRecord => ({
  ...record,
  id: `id of ${record.content}`,
  proxied: false,
  ttl: 1,
  ...changes,
});

const create: Change = { action: 'create', record: one };
const update: Change = { action: 'update', record: one, id: 'old', differences: [] };
const replace: Change = {
  action: 'replace',
  record: one,
  records: [one, two],
  replaced: [held(alias)],
};
const remove: Change = { action: 'delete', record: held(two) };

/** What a zone answers to a write: records, or an error; and what it holds when it is read again. */
interface Answers {
  readonly writes: readonly (Error | readonly ZoneRecord[])[];
  readonly holds?: Error | readonly ZoneRecord[];
}

/** Carries a change out; the outcome with the calls that were made. */
async function outcome(
  change: Change,
  { writes, holds = new Error('read for nothing') }: Answers,
  wanted = [one, two],
): Promise<{ outcome: unknown; calls: string[] }> {
  const calls: string[] = [];
  const left = [...writes];
  const write = (call: string): Promise<ZoneRecord[]> => {
    calls.push(call);
    const answer = left.shift() ?? new Error('written once too often');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve([...answer]);
  };
  const zone: Zone = {
    create: (record) => write(`create ${record.content}`).then(([first]) => first as ZoneRecord),
    edit: (id, record) =>
      write(`edit ${id} ${record.content}`).then(([first]) => first as ZoneRecord),
    replace: (ids, records) =>
      write(`replace ${ids.join()} by ${records.map(({ content }) => content).join()}`),
    remove: (id) => write(`remove ${id}`).then(() => undefined),
    recordsAt: (at) => {
      calls.push(`read ${at}`);
      return holds instanceof Error ? Promise.reject(holds) : Promise.resolve([...holds]);
    },
    recordsBelow: () => Promise.reject(new Error('nothing below is asked for')),
  };
  return {
    outcome: await applyChange(zone, change, wanted, { force: false }).catch(
      (error: unknown) => error,
    ),
    calls,
  };
}

const lost = new CloudflareError('no answer');
const busy = new CloudflareError('HTTP 429', 429);

test.each<[Change, readonly ZoneRecord[], string]>([
  [create, [held(one)], 'create 192.0.2.1'],
  [update, [held(one)], 'edit old 192.0.2.1'],
  [replace, [held(two), held(one)], 'replace id of myth.example.net by 192.0.2.1,192.0.2.2'],
  [remove, [], 'remove id of 192.0.2.2'],
])('$action is one request when the answer tells of the wanted record', async (change, ...rest) => {
  const [answer, call] = rest;
  expect(await outcome(change, { writes: [answer] })).toEqual({
    outcome: 'applied',
    calls: [call],
  });
});

test.each<[string, Change, Error, readonly ZoneRecord[]]>([
  ['a record that is there', create, lost, [held(two), held(one)]],
  ['one that is there twice', create, lost, [held(one), held(one, { id: 'b' }), held(two)]],
  ['the first of two', create, lost, [held(one)]],
  ['both that replace a CNAME', replace, lost, [held(one), held(two)]],
  ['a deletion of what is gone', remove, lost, [held(one)]],
  [
    'a record whose name was taken',
    create,
    new CloudflareError('taken', 400, [81057]),
    [held(one)],
  ],
])('%s was written, whatever the answer', async (_, change, error, holds) => {
  const { outcome: result, calls } = await outcome(change, { writes: [error], holds });
  expect(result).toBe('applied');
  expect(calls[1]).toBe('read vpn.example.org');
});

test.each<[string, Change, readonly (Error | readonly ZoneRecord[])[], ZoneRecord[], string]>([
  ['create', create, [lost], [], 'no answer; read again, "create" was not carried out'],
  ['delete', remove, [lost], [held(two)], 'no answer; read again, "delete" was not carried out'],
  ['replace', replace, [lost], [held(alias)], '"replace" was not carried out: run the command'],
  ['half of it', replace, [lost], [held(one)], '"replace" has become "create" meanwhile: run the'],
  ['too many requests, twice', create, [busy, busy], [], 'HTTP 429; read again, "create" was not'],
  [
    'too many requests, and gone meanwhile',
    update,
    [busy],
    [],
    '"update" has become "create" meanwhile: run the command again',
  ],
  [
    'an address that became a CNAME of ours',
    create,
    [lost],
    [held(alias)],
    '"create" has become "replace" meanwhile',
  ],
  [
    'an answer of another name',
    create,
    [[held(one, { name: 'x.example.org' })]],
    [],
    'Cloudflare answered with A x.example.org -> 192.0.2.1 instead of A vpn.example.org -> 192.0.2.1',
  ],
  [
    'an answer of a proxied record',
    create,
    [[held(one, { proxied: true })]],
    [],
    'instead of A vpn',
  ],
  [
    'an answer of one of two',
    replace,
    [[held(one)]],
    [],
    'instead of A vpn.example.org -> 192.0.2.2',
  ],
  [
    'an answer of two others',
    replace,
    [[held(two), held(two)]],
    [],
    'with A vpn.example.org -> 192.0.2.2, A vpn.example.org -> 192.0.2.2 instead',
  ],
  ['an empty answer', replace, [[]], [], 'Cloudflare answered with nothing instead of'],
])('%s is an error', async (_, change, writes, holds, message) => {
  const { outcome: error, calls } = await outcome(change, { writes, holds });
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toContain(message);
  expect(calls.filter((call) => !call.startsWith('read'))).toHaveLength(writes.length);
});

test('a write turned away for its rate is sent a second time', async () => {
  const { outcome: result, calls } = await outcome(create, {
    writes: [busy, [held(one)]],
    holds: [],
  });
  expect(result).toBe('applied');
  expect(calls).toEqual(['create 192.0.2.1', 'read vpn.example.org', 'create 192.0.2.1']);
});

test('a name that another took meanwhile is refused', async () => {
  const { outcome: result } = await outcome(create, {
    writes: [busy],
    holds: [held(alias, { comment: 'by hand' })],
  });
  expect(result).toMatchObject({ action: 'refused' });
});

test.each([new CloudflareError('HTTP 403', 403), new TypeError('a defect')])(
  '%p of a write is no reason to read again',
  async (error) => {
    expect(await outcome(create, { writes: [error] })).toEqual({
      outcome: error,
      calls: ['create 192.0.2.1'],
    });
  },
);

test('a second reading that fails leaves open what happened', async () => {
  const { outcome: error } = await outcome(create, {
    writes: [lost],
    holds: new CloudflareError('HTTP 502', 502),
  });
  expect(String(error)).toContain(
    'no answer; whether "create" was carried out is unknown, since reading it failed too: HTTP 502; run the command again',
  );
  const defect = new TypeError('a defect');
  expect((await outcome(create, { writes: [lost], holds: defect })).outcome).toBe(defect);
});

test.each<[Change['action'], Change]>([
  ['in sync', { action: 'in sync', record: one }],
  ['refused', { action: 'refused', record: one, reason: '' }],
])('%s needs no request', async (_, change) => {
  expect(await outcome(change, { writes: [] })).toEqual({ outcome: 'applied', calls: [] });
});
