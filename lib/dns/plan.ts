import { AUTOMATIC_TTL, type WantedRecord, type ZoneRecord, sameContent } from './record';

/** One line of a plan: what becomes of one record. */
export type Change =
  | { readonly action: 'in sync'; readonly record: WantedRecord }
  | { readonly action: 'create'; readonly record: WantedRecord }
  | {
      readonly action: 'update';
      readonly record: WantedRecord;
      readonly id: string;
      readonly differences: readonly Difference[];
    }
  | { readonly action: 'delete'; readonly record: ZoneRecord }
  | { readonly action: 'refused'; readonly record: WantedRecord; readonly reason: string };

/** A change, or without credentials a record of which nothing more is known than that it is wanted. */
export type PlannedChange = Change | { readonly action: 'unknown'; readonly record: WantedRecord };

/** A field that an update changes, as text. */
export interface Difference {
  readonly field: 'content' | 'proxied' | 'ttl' | 'comment';
  readonly from: string;
  readonly to: string;
}

export interface PlanOptions {
  /** Take over a record that is not marked as this cluster's. */
  readonly force: boolean;
}

/**
 * What to do with one name so that it holds the wanted record: nothing else of that name is touched.
 * @param existing records of the zone; those of other names are passed over
 */
export function planRecord(
  wanted: WantedRecord,
  existing: readonly ZoneRecord[],
  { force }: PlanOptions,
): Change {
  const refuse = (reason: string): Change => ({ action: 'refused', record: wanted, reason });
  const here = existing.filter((record) => record.name === wanted.name);

  const obstacle = here.find((record) => isObstacle(record, wanted));
  if (obstacle !== undefined) {
    return refuse(
      `${describe(obstacle)} is in its place; remove it by hand, or choose another name`,
    );
  }
  const [current, ...others] = here.filter((record) => record.type === wanted.type);
  if (current === undefined) return { action: 'create', record: wanted };
  if (others.length > 0) {
    const contents = [current, ...others].map((record) => record.content).sort();
    return refuse(
      `the name has ${contents.length} ${wanted.type} records (${contents.join(', ')}), one is ` +
        'expected; remove the others by hand',
    );
  }

  const ours = current.comment === wanted.comment;
  if (!ours && !force) {
    if (sameContent(current, wanted) && !current.proxied) {
      return { action: 'in sync', record: wanted };
    }
    const state = current.proxied ? ' through the proxy, which carries no UDP' : '';
    return refuse(
      `it leads to ${current.content}${state}, and ${owner(current)}; --force takes it over`,
    );
  }
  const differences = differencesOf(current, wanted);
  return differences.length === 0
    ? { action: 'in sync', record: wanted }
    : { action: 'update', record: wanted, id: current.id, differences };
}

/**
 * The plan of one cluster: a change for each wanted record, in their order, then the deletion of
 * address records below the endpoint that carry this cluster's mark and are no longer wanted.
 * Nothing else is ever deleted.
 * @param wanted the first is the endpoint's CNAME; each name stands once
 */
export function planRecords(
  wanted: readonly WantedRecord[],
  existing: readonly ZoneRecord[],
  options: PlanOptions,
): Change[] {
  const [endpoint] = wanted;
  if (endpoint === undefined) return [];
  const typeOf = new Map(wanted.map(({ name, type }) => [name, type]));
  const isOrphan = ({ type, name, comment }: ZoneRecord): boolean =>
    (type === 'A' || type === 'AAAA') &&
    comment === endpoint.comment &&
    name.endsWith(`.${endpoint.name}`) &&
    typeOf.get(name) !== type;
  const recordsOf = new Map<string, ZoneRecord[]>();
  for (const record of existing) {
    if (!isOrphan(record)) {
      recordsOf.set(record.name, [...(recordsOf.get(record.name) ?? []), record]);
    }
  }
  const changes = wanted.map((record) =>
    planRecord(record, recordsOf.get(record.name) ?? [], options),
  );
  const deletions = existing
    .filter(isOrphan)
    .sort((a, b) => (`${a.name} ${a.content}` < `${b.name} ${b.content}` ? -1 : 1))
    .map((record): Change => ({ action: 'delete', record }));
  return [...changes, ...deletions];
}

/** CNAME excludes addresses, a delegation excludes everything, and a name has one address family. */
function isObstacle(record: ZoneRecord, wanted: WantedRecord): boolean {
  return record.type !== wanted.type && ['A', 'AAAA', 'CNAME', 'NS'].includes(record.type);
}

function differencesOf(current: ZoneRecord, wanted: WantedRecord): Difference[] {
  const differences: Difference[] = [];
  if (!sameContent(current, wanted)) {
    differences.push({ field: 'content', from: current.content, to: wanted.content });
  }
  if (current.proxied) differences.push({ field: 'proxied', from: 'true', to: 'false' });
  if (current.ttl !== AUTOMATIC_TTL) {
    differences.push({ field: 'ttl', from: `${current.ttl}`, to: 'automatic' });
  }
  if (current.comment !== wanted.comment) {
    differences.push({ field: 'comment', from: current.comment, to: wanted.comment });
  }
  return differences;
}

function describe(record: ZoneRecord): string {
  return `${/^[AN]/.test(record.type) ? 'an' : 'a'} ${record.type} record (${record.content})`;
}

function owner(record: ZoneRecord): string {
  return record.comment === ''
    ? 'has no comment that marks it as ours'
    : `its comment is "${record.comment}"`;
}
