import { range } from '../../lib/formats/address';
import { type PlanOptions, planRecord, planRecords } from '../../lib/dns/plan';
import {
  type WantedRecord,
  type ZoneRecord,
  ownershipComment,
  wantedRecords,
} from '../../lib/dns/record';
import { aService, anInventory } from '../an-inventory';

const OURS = ownershipComment('myth');
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
    expect(planRecord(wanted, [there(changes)], careful).action).toBe('in sync');
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
    ['leads elsewhere', { content: 'other.org', comment: '' }, /other\.org.*--force/],
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
    ['A', [there({ type: 'A', content: '192.0.2.1' })]],
    ['AAAA', [there(), there({ type: 'AAAA', content: '2001:db8::1', id: 'a2' })]],
    ['NS', [there({ type: 'NS', content: 'ns.example.org' })]],
    ['2 CNAME', [there(), there({ id: 'a2', content: 'other.org' })]],
  ])('is refused beside %s, even by force', (type, existing) => {
    for (const options of [careful, forced]) {
      expect(planRecord(wanted, existing, options)).toMatchObject({
        action: 'refused',
        reason: expect.stringContaining(type) as string,
      });
    }
  });

  test('of an address is compared in its canonical form', () => {
    const address = { ...wanted, type: 'AAAA', content: 'fd00::10' } as const;
    const existing = there({ type: 'AAAA', content: 'FD00:0:0:0:0:0:0:10' });
    expect(planRecord(address, [existing], careful).action).toBe('in sync');
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
