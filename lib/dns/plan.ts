import {
  AUTOMATIC_TTL,
  type WantedRecord,
  type ZoneRecord,
  sameComment,
  sameContent,
} from './record';

/** One line of a plan: what becomes of one record, or of all records of a name. */
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
  | {
      /** A CNAME of ours by addresses, or addresses of ours by a CNAME: all at once. */
      readonly action: 'replace';
      /** The first of `records`. */
      readonly record: WantedRecord;
      readonly records: readonly WantedRecord[];
      readonly replaced: readonly ZoneRecord[];
    }
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
 * The plan of one cluster: the changes of each wanted name in their order, then the deletion of
 * records that carry this cluster's mark and are no longer wanted: addresses at a wanted name, and
 * those below the endpoint. Nothing else is ever deleted.
 * @param wanted the endpoint's records come first
 */
export function planRecords(
  wanted: readonly WantedRecord[],
  existing: readonly ZoneRecord[],
  options: PlanOptions,
): Change[] {
  const [endpoint] = wanted;
  if (endpoint === undefined) return [];
  const wantedOf = byName(wanted);
  const existingOf = byName(existing);
  const orphans = existing.filter(
    (record) =>
      isAddress(record) &&
      sameComment(record.comment, endpoint.comment) &&
      record.name.endsWith(`.${endpoint.name}`) &&
      !wantedOf.has(record.name),
  );
  const changes = [
    ...[...wantedOf].flatMap(([name, records]) =>
      planName(records, existingOf.get(name) ?? [], options),
    ),
    ...orphans.map((record): Change => ({ action: 'delete', record })),
  ];
  const deletions = changes.filter(({ action }) => action === 'delete');
  deletions.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  return [...changes.filter(({ action }) => action !== 'delete'), ...deletions];
}

/**
 * What to do with one name so that it holds the wanted records, one CNAME or addresses. A refusal
 * speaks for the whole name: nothing of it is touched then. Neither are records of other types.
 * @param wanted one or more, all of that name
 * @param existing the records of that name
 */
export function planName(
  wanted: readonly WantedRecord[],
  existing: readonly ZoneRecord[],
  { force }: PlanOptions,
): Change[] {
  const [first] = wanted;
  if (first === undefined) return [];
  const isAlias = first.type === 'CNAME';
  const isOurs = ({ comment }: ZoneRecord): boolean => sameComment(comment, first.comment);
  const here = existing.filter((record) => isAddress(record) || record.type === 'CNAME');
  // CNAME excludes addresses, and a delegation excludes everything.
  const others = here.filter((record) => isAddress(record) === isAlias);
  const obstacle =
    existing.find(({ type }) => type === 'NS') ??
    others.find((record) => !isOurs(record) || others.length < here.length);
  if (obstacle !== undefined) {
    return [refuse(first, inTheWay(obstacle))];
  }
  if (others.length > 0) {
    return [{ action: 'replace', record: first, records: wanted, replaced: others }];
  }
  if (isAlias && here.length > 1) {
    const contents = here.map(({ content }) => content).sort();
    const reason = `the name has ${contents.length} CNAME records (${contents.join(', ')}), one is expected`;
    return [refuse(first, `${reason}; remove the others by hand`)];
  }

  // Ours first: what is another's is taken over last.
  const left = new Set([...here].sort((a, b) => Number(isOurs(b)) - Number(isOurs(a))));
  const take = (isFit: (record: ZoneRecord) => boolean): ZoneRecord | undefined => {
    const found = [...left].find(isFit);
    if (found !== undefined) left.delete(found);
    return found;
  };
  const holders = new Map(
    wanted.map((record) => [record, take((other) => sameContent(other, record))]),
  );
  const changes = [...holders].map(([record, holder]) => {
    const current = holder ?? take(({ type }) => type === record.type);
    return current === undefined
      ? ({ action: 'create', record } as const)
      : planRecord(record, current, isOurs(current) || force);
  });
  const foreign = [...left].find((record) => !isOurs(record));
  if (foreign !== undefined) return [refuse(first, inTheWay(foreign))];
  const refusals = changes.filter(({ action }) => action === 'refused');
  if (refusals.length > 0) return refusals;
  return [...changes, ...[...left].map((record): Change => ({ action: 'delete', record }))];
}

/** @param mayChange whether the record there is ours, or may be taken over */
function planRecord(wanted: WantedRecord, current: ZoneRecord, mayChange: boolean): Change {
  if (!mayChange) {
    if (sameContent(current, wanted) && !current.proxied) {
      return { action: 'in sync', record: wanted };
    }
    const state = current.proxied ? ' through the proxy, which carries no UDP' : '';
    const owner =
      current.comment === ''
        ? 'has no comment that marks it as ours'
        : `its comment is "${current.comment}"`;
    return refuse(
      wanted,
      `it leads to ${current.content}${state}, and ${owner}; --force takes it over`,
    );
  }
  const differences = differencesOf(current, wanted);
  return differences.length === 0
    ? { action: 'in sync', record: wanted }
    : { action: 'update', record: wanted, id: current.id, differences };
}

/** The fields of a record that are not as wanted. */
export function differencesOf(current: ZoneRecord, wanted: WantedRecord): Difference[] {
  const differences: Difference[] = [];
  if (!sameContent(current, wanted)) {
    differences.push({ field: 'content', from: current.content, to: wanted.content });
  }
  if (current.proxied) differences.push({ field: 'proxied', from: 'true', to: 'false' });
  if (current.ttl !== AUTOMATIC_TTL) {
    differences.push({ field: 'ttl', from: `${current.ttl}`, to: 'automatic' });
  }
  if (!sameComment(current.comment, wanted.comment)) {
    differences.push({ field: 'comment', from: current.comment, to: wanted.comment });
  }
  return differences;
}

function byName<T extends { readonly name: string }>(records: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const record of records) {
    const group = groups.get(record.name);
    if (group === undefined) groups.set(record.name, [record]);
    else group.push(record);
  }
  return groups;
}

function isAddress({ type }: ZoneRecord): boolean {
  return type === 'A' || type === 'AAAA';
}

function refuse(record: WantedRecord, reason: string): Change {
  return { action: 'refused', record, reason };
}

function inTheWay({ type, content }: ZoneRecord): string {
  const article = /^[AN]/.test(type) ? 'an' : 'a';
  return `${article} ${type} record (${content}) is in its place; remove it by hand, or choose another name`;
}

function sortKey({ record: { name, content } }: Change): string {
  return `${name} ${content}`;
}
