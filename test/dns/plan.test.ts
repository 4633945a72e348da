import { range } from '../../lib/formats/address';
import { type Change, type PlanOptions, planRecords } from '../../lib/dns/plan';
import fc from 'fast-check';
import { canonicalName } from '../../lib/formats/domain-name';
import {
  type WantedRecord,
  type ZoneRecord,
  ownershipComment,
  wantedRecords,
} from '../../lib/dns/record';
import { aService, anInventory } from '../an-inventory';

const OURS = ownershipComment('myth');
const OURS2 = ownershipComment('myth2');
const wanted: WantedRecord = {
  type: 'CNAME',
  name: 'wireguard.adyxax.org',
  content: 'myth.adyxax.org',
  comment: OURS,
};
const careful: PlanOptions = { force: false };
const forced: PlanOptions = { force: true };

function there(changes: Partial<ZoneRecord> = {}): ZoneRecord {
  return { ...wanted, id: 'a1', proxied: false, ttl: 1, ...changes };
}

function planRecord(
  record: WantedRecord,
  existing: readonly ZoneRecord[],
  options: PlanOptions,
): Change | undefined {
  return planRecords([record], existing, options)[0];
}

describe('one record', () => {
  test('is created where the name is free, other types and names notwithstanding', () => {
    const others = [
      there({ name: 'www.adyxax.org', comment: '' }),
      there({ type: 'TXT', content: 'v=spf1 -all' }),
    ];
    expect(planRecord(wanted, others, careful)).toEqual({ action: 'create', record: wanted });
  });

  test.each([
    ['is the same', {}],
    ['differs in case and a final dot', { content: 'MYTH.adyxax.org.' }],
    ['was made by another', { comment: '' }],
    ['was made by another with a TTL of its own', { comment: 'by hand', ttl: 300 }],
  ])('is in sync when the one there %s', (_, changes) => {
    expect(planRecord(wanted, [there(changes)], careful)?.action).toBe('in sync');
  });

  test.each([
    ['content', { content: 'old.adyxax.org' }, 'old.adyxax.org', 'myth.adyxax.org'],
    ['proxied', { proxied: true }, 'true', 'false'],
    ['ttl', { ttl: 300 }, '300', 'automatic'],
  ] as const)('of ours is updated when its %s differs', (field, changes, from, to) => {
    expect(planRecord(wanted, [there(changes)], careful)).toEqual({
      action: 'update',
      record: wanted,
      id: 'a1',
      differences: [{ field, from, to }],
    });
  });

  test.each([
    [
      'leads elsewhere',
      { content: 'other.org', comment: '' },
      /other\.org, and has no comment that marks it as ours; --force takes it over$/,
    ],
    ['is proxied', { proxied: true, comment: 'by hand' }, /carries no UDP.*"by hand".*--force/],
    ['is of another cluster', { content: 'x.org', comment: `${OURS}2` }, /myth2.*--force/],
  ])('of another that %s is refused, and taken over by force', (_, changes, reason) => {
    const existing = [there(changes)];
    expect(planRecord(wanted, existing, careful)).toMatchObject({
      action: 'refused',
      reason: expect.stringMatching(reason) as string,
    });
    const forcedPlan = planRecord(wanted, existing, forced);
    expect(forcedPlan).toMatchObject({ action: 'update', id: 'a1' });
    expect(JSON.stringify(forcedPlan)).toContain('"field":"comment"');
  });

  test.each([
    ['A', [there({ type: 'A', content: '192.0.2.1', comment: '' })]],
    ['A', [there({ type: 'A', content: '192.0.2.1' }), there({ type: 'A', comment: OURS2 })]],
    ['AAAA', [there(), there({ type: 'AAAA', content: '2001:db8::1', id: 'a2' })]],
    ['NS', [there({ type: 'NS', content: 'ns.example.org' })]],
    [
      'has 2 CNAME records (myth.adyxax.org, other.org), one is expected; remove the others by hand',
      [there(), there({ id: 'a2', content: 'other.org' })],
    ],
  ])('is refused beside %s, even by force', (type, existing) => {
    for (const options of [careful, forced]) {
      expect(planRecord(wanted, existing, options)).toMatchObject({
        action: 'refused',
        reason: expect.stringContaining(type) as string,
      });
    }
  });

  test.each([
    ['case and a final dot', 'WIREGUARD.Adyxax.ORG.', 'MYTH.adyxax.org.', `  ${OURS}`],
    ['the case of the mark', wanted.name, wanted.content, 'wireguard-endpoint: MYTH '],
  ])('is told by what its names mean: %s', (_, name, content, comment) => {
    const existing = there({ name: canonicalName(name), content, comment });
    expect(planRecord(wanted, [existing], careful)?.action).toBe('in sync');
  });

  test('of an international name is told in punycode and in Unicode', () => {
    const content = 'myth.xn--bcher-kva.example';
    const record = { ...wanted, content };
    for (const spelling of [content, 'myth.bücher.example', 'MYTH.BU\u0308CHER.example.']) {
      expect(planRecord(record, [there({ content: spelling })], careful)?.action).toBe('in sync');
    }
    expect(planRecord(record, [there({ content: 'myth.bucher.example' })], careful)?.action).toBe(
      'update',
    );
  });

  test('of an address is compared in its canonical form', () => {
    const address = { ...wanted, type: 'AAAA', content: 'fd00::10' } as const;
    const existing = there({ type: 'AAAA', content: 'FD00:0:0:0:0:0:0:10' });
    expect(planRecord(address, [existing], careful)?.action).toBe('in sync');
  });
});

describe('an endpoint of addresses', () => {
  const [a1, a2, six] = ['192.0.2.1', '192.0.2.2', '2001:db8::1'].map((content): WantedRecord => ({
    type: content.includes(':') ? 'AAAA' : 'A',
    name: wanted.name,
    content,
    comment: OURS,
  })) as [WantedRecord, WantedRecord, WantedRecord];

  function held(record: WantedRecord, changes: Partial<ZoneRecord> = {}): ZoneRecord {
    return { ...record, id: record.content, proxied: false, ttl: 1, ...changes };
  }

  function plan(
    records: readonly WantedRecord[],
    existing: readonly ZoneRecord[],
    options = careful,
  ): string[] {
    return planRecords(records, existing, options).map((change) =>
      change.action === 'refused'
        ? `refused: ${change.reason}`
        : `${change.action} ${change.record.content}`,
    );
  }

  const foreign = { comment: 'by hand' };
  const alias = there();

  test.each([
    ['are made', [a1, six], [], ['create 192.0.2.1', 'create 2001:db8::1']],
    [
      'stay, whatever the order and the spelling',
      [a1, six],
      [held(six, { content: '2001:DB8:0::1' }), held(a1)],
      ['in sync 192.0.2.1', 'in sync 2001:db8::1'],
    ],
    ['get another', [a1, a2], [held(a2)], ['create 192.0.2.1', 'in sync 192.0.2.2']],
    ['lose one', [a1], [held(a2), held(a1)], ['in sync 192.0.2.1', 'delete 192.0.2.2']],
    ['change one in place', [a1], [held(a2)], ['update 192.0.2.1']],
    [
      'change their family, the new one first',
      [six],
      [held(a1)],
      ['create 2001:db8::1', 'delete 192.0.2.1'],
    ],
    ['leave the proxy', [a1], [held(a1, { proxied: true })], ['update 192.0.2.1']],
    ['may be of another', [a1, a2], [held(a1, foreign)], ['in sync 192.0.2.1', 'create 192.0.2.2']],
    ['take the place of our CNAME at once', [a1, six], [alias], ['replace 192.0.2.1']],
    [
      'give their place to a CNAME at once',
      [wanted],
      [held(a1), held(six)],
      ['replace myth.adyxax.org'],
    ],
  ])('%s', (_, records, existing, expected) => {
    expect(plan(records, existing)).toEqual(expected);
  });

  test.each([
    ['beside an address of another', [a1], [held(a1), held(a2, foreign)], /A record \(192.0.2.2\)/],
    ['in place of a CNAME of another', [a1], [{ ...alias, ...foreign }], /a CNAME record \(myth/],
    ['in place of addresses of another', [wanted], [held(a1), held(a2, foreign)], /192.0.2.2/],
    [
      'where two of another are',
      [a1],
      [held(a2, foreign), held({ ...a2, content: '192.0.2.3' }, foreign)],
      /in its place/,
    ],
    [
      'at a delegation',
      [a1],
      [held(a1, { type: 'NS', content: 'ns.example.org' })],
      /an NS record/,
    ],
    ['beside a CNAME, as no zone can be', [a1], [held(a1), alias], /a CNAME record/],
  ])('are refused %s, also by force, and nothing is touched', (_, records, existing, reason) => {
    for (const options of [careful, forced]) {
      expect(plan(records, existing, options)).toEqual([expect.stringMatching(reason)]);
    }
  });

  test('take over what is of another by force alone', () => {
    const existing = [held(a2, foreign)];
    expect(plan([a1], existing)).toEqual([expect.stringMatching(/leads to 192.0.2.2.*--force/)]);
    expect(plan([a1], existing, forced)).toEqual(['update 192.0.2.1']);
    const proxied = [held(a1, { ...foreign, proxied: true })];
    expect(plan([a1, a2], proxied)).toEqual([expect.stringMatching(/carries no UDP.*--force/)]);
    expect(plan([a1, a2], proxied, forced)).toEqual(['update 192.0.2.1', 'create 192.0.2.2']);
  });

  test('never lets a run delete what is not ours, and a second run has nothing to do', () => {
    const pool = [a1, a2, six, { ...a1, content: '192.0.2.3' }, { ...six, content: '2001:db8::2' }];
    const record = fc.record({
      data: fc.constantFrom(...pool, wanted, { ...wanted, content: 'other.org' }),
      comment: fc.constantFrom(OURS, '', OURS2),
      proxied: fc.boolean(),
    });
    const wish = fc.oneof(fc.constant([wanted]), fc.shuffledSubarray(pool, { minLength: 1 }));
    fc.assert(
      fc.property(wish, fc.array(record), fc.boolean(), (wish, records, force) => {
        const zone = records.map(({ data, comment, proxied }, index) =>
          held(data, { id: `${index}`, comment, proxied }),
        );
        const after = new Map(zone.map((record) => [record.id, record]));
        const changes = planRecords(wish, zone, { force });
        for (const change of changes) {
          if (change.action === 'delete') after.delete(change.record.id);
          if (change.action === 'create') after.set(change.record.content, held(change.record));
          if (change.action === 'update') {
            after.set(change.id, held(change.record, { id: change.id }));
          }
          if (change.action === 'replace') {
            for (const { id } of change.replaced) after.delete(id);
            for (const record of change.records) after.set(record.content, held(record));
          }
        }
        for (const { id, comment } of zone)
          if (comment !== OURS && !force) expect(after.has(id)).toBe(true);
        if (changes.some(({ action }) => action === 'refused')) {
          expect(changes).toHaveLength(changes.filter(({ action }) => action === 'refused').length);
        } else {
          const again = planRecords(wish, [...after.values()], { force });
          expect(again.map(({ action }) => action)).toEqual(wish.map(() => 'in sync'));
          expect([...after.values()].map(({ content }) => content).sort()).toEqual(
            wish.map(({ content }) => content).sort(),
          );
        }
      }),
    );
  });
});

describe('the records of a cluster', () => {
  const dns = {
    zone: 'adyxax.org',
    name: 'wireguard',
    target: 'myth.adyxax.org',
    services: true,
  };
  const postgresql = {
    type: 'A',
    name: 'postgresql.wireguard.adyxax.org',
    content: '10.1.3.17',
  } as const;

  test('are one for each service, whatever its number of ports', () => {
    const services = [
      aService({ name: 'postgresql', address: range('10.1.3.17'), port: 5432 }),
      aService({ name: 'postgresql', address: range('10.1.3.17'), port: 6432 }),
      aService({ name: 'kubernetes', address: range('fd00::16'), port: 443 }),
    ];
    expect(wantedRecords(anInventory({ dns, services }))).toEqual([
      { type: 'CNAME', name: 'wireguard.adyxax.org', content: 'myth.adyxax.org', comment: OURS },
      { type: 'AAAA', name: 'kubernetes.wireguard.adyxax.org', content: 'fd00::16', comment: OURS },
      { ...postgresql, comment: OURS },
    ]);
  });

  test('stay out of the zone without the setting', () => {
    expect(wantedRecords(anInventory())).toHaveLength(1);
  });

  test('carry a comment that the free plan accepts', () => {
    expect(ownershipComment('c'.repeat(63)).length).toBeLessThanOrEqual(100);
  });

  test('that are ours and no longer wanted are deleted, and no others', () => {
    const gone = there({ ...postgresql, id: 'gone', name: 'old.wireguard.adyxax.org' });
    const existing = [
      there(),
      there({ ...gone, id: 'foreign', comment: 'by hand' }),
      there({ ...gone, id: 'elsewhere', name: 'old.adyxax.org' }),
      there({ ...gone, id: 'neighbour', name: 'old.notwireguard.adyxax.org' }),
      there({ ...gone, id: 'text', type: 'TXT', content: 'hello' }),
      there({ ...gone, id: 'other cluster', comment: ownershipComment('other') }),
      gone,
    ];
    const changes = planRecords(wantedRecords(anInventory()), existing, forced);
    expect(changes).toEqual([
      { action: 'in sync', record: wanted },
      { action: 'delete', record: gone },
    ]);
  });

  test('change their address family', () => {
    const old = there({ ...postgresql, type: 'AAAA', content: 'fd00::17', id: 'old' });
    const changes = planRecords(
      [wanted, { ...postgresql, comment: OURS }],
      [there(), old],
      careful,
    );
    expect(changes.map(({ action }) => action)).toEqual(['in sync', 'create', 'delete']);
  });

  test('leave the other address family of another alone, and refuse', () => {
    const foreign = there({ ...postgresql, type: 'AAAA', content: 'fd00::17', comment: '' });
    const changes = planRecords([wanted, { ...postgresql, comment: OURS }], [foreign], forced);
    expect(changes.map(({ action }) => action)).toEqual(['create', 'refused']);
  });
});
