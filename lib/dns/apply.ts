import { UserError } from '../errors';
import { CloudflareError } from './cloudflare-error';
import { type Change, type PlanOptions, differencesOf, planName } from './plan';
import { type WantedRecord, type ZoneRecord, sameContent } from './record';
import type { Zone } from './zone';

/**
 * Carries out one change and makes sure of it. A write whose outcome is unknown (no answer, a
 * server error, a conflict) is not sent again: the name is read once more, and what is there decides.
 * Only a write turned away for its rate (HTTP 429) is tried a second time, after that reading.
 * @param wanted all records that are wanted, those of other names included
 * @returns `applied`, or the refusal that holds now, when the name has changed since it was planned
 * @throws UserError when the record is not as wanted
 */
export async function applyChange(
  zone: Zone,
  change: Change,
  wanted: readonly WantedRecord[],
  options: PlanOptions,
): Promise<'applied' | (Change & { action: 'refused' })> {
  for (let attempt = 1; ; attempt++) {
    try {
      await write(zone, change);
      return 'applied';
    } catch (error) {
      if (!(error instanceof CloudflareError) || !error.isUncertain) throw error;
      const now = await lookAgain(zone, change, wanted, options, error);
      if (now === undefined) return 'applied';
      if (now.action === 'refused') return now;
      const isSameChange = now.action === change.action;
      if (error.status === 429 && isSameChange && attempt === 1) continue;
      const state = isSameChange
        ? `"${change.action}" was not carried out`
        : `"${change.action}" has become "${now.action}" meanwhile`;
      throw new UserError(`${error.message}; read again, ${state}: run the command again`);
    }
  }
}

async function write(zone: Zone, change: Change): Promise<void> {
  switch (change.action) {
    case 'create':
      verify([change.record], [await zone.create(change.record)]);
      break;
    case 'update':
      verify([change.record], [await zone.edit(change.id, change.record)]);
      break;
    case 'replace': {
      const ids = change.replaced.map(({ id }) => id);
      verify(change.records, await zone.replace(ids, change.records));
      break;
    }
    case 'delete':
      await zone.remove(change.record.id);
      break;
    case 'in sync':
    case 'refused':
  }
}

function verify(wanted: readonly WantedRecord[], answered: readonly ZoneRecord[]): void {
  const missing = wanted.find(
    (record) =>
      !answered.some(
        (other) => other.name === record.name && differencesOf(other, record).length === 0,
      ),
  );
  if (missing === undefined) return;
  const got = answered.map(({ type, name, content }) => `${type} ${name} -> ${content}`);
  throw new CloudflareError(
    `Cloudflare answered with ${got.join(', ') || 'nothing'} ` +
      `instead of ${missing.type} ${missing.name} -> ${missing.content}`,
    200,
  );
}

/** What there is left of a change; undefined: it was carried out. */
async function lookAgain(
  zone: Zone,
  change: Change,
  wanted: readonly WantedRecord[],
  options: PlanOptions,
  reason: CloudflareError,
): Promise<Change | undefined> {
  const { name } = change.record;
  let existing: ZoneRecord[];
  try {
    existing = await zone.recordsAt(name);
  } catch (error) {
    if (!(error instanceof CloudflareError)) throw error;
    throw new UserError(
      `${reason.message}; whether "${change.action}" was carried out is unknown, since reading it ` +
        `failed too: ${error.message}; run the command again`,
    );
  }
  if (change.action === 'delete') {
    return existing.some(({ id }) => id === change.record.id) ? change : undefined;
  }
  const ours = wanted.filter((record) => record.name === name);
  return planName(ours, existing, options).find(
    (now) =>
      now.action === 'refused' ||
      now.action === 'replace' ||
      (now.action !== 'in sync' &&
        now.action !== 'delete' &&
        (change.action === 'replace' || sameContent(now.record, change.record))),
  );
}
