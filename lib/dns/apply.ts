import { UserError } from '../errors';
import type { Zone } from './cloudflare';
import { CloudflareFailure } from './failure';
import { type Change, type PlanOptions, planRecord } from './plan';
import type { WantedRecord, ZoneRecord } from './record';

/**
 * Carries out one change and makes sure of it. A write whose outcome is unknown (no answer, a
 * server error, a name that is taken meanwhile) is not sent again: the record is read once more, and
 * what is there decides. Only a write turned away for its rate (HTTP 429) is tried a second time,
 * after that reading.
 * @returns `applied`, or the refusal that holds now, when the record has changed since it was planned
 * @throws UserError when the record is not as wanted
 */
export async function applyChange(
  zone: Zone,
  change: Change,
  options: PlanOptions,
): Promise<'applied' | (Change & { action: 'refused' })> {
  for (let attempt = 1; ; attempt++) {
    try {
      await write(zone, change);
      return 'applied';
    } catch (error) {
      if (!(error instanceof CloudflareFailure) || !error.isUncertain) throw error;
      const now = await lookAgain(zone, change, options, error);
      if (now === undefined || now.action === 'in sync') return 'applied';
      if (now.action === 'refused') return now;
      const isSameChange = now.action === change.action;
      if (error.facts.status === 429 && isSameChange && attempt === 1) continue;
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
      verify(change.record, await zone.create(change.record));
      break;
    case 'update':
      verify(change.record, await zone.edit(change.id, change.record));
      break;
    case 'delete':
      await zone.remove(change.record.id);
      break;
    case 'in sync':
    case 'refused':
  }
}

function verify(wanted: WantedRecord, answered: ZoneRecord): void {
  const now = planRecord(wanted, [answered], { force: true });
  if (now.action === 'in sync') return;
  throw new CloudflareFailure(
    `Cloudflare answered with ${answered.type} ${answered.name} -> ${answered.content} ` +
      `instead of ${wanted.type} ${wanted.name} -> ${wanted.content}`,
    { status: 200 },
  );
}

/** What there is left to do; undefined: the record that was to be deleted is gone. */
async function lookAgain(
  zone: Zone,
  change: Change,
  options: PlanOptions,
  reason: CloudflareFailure,
): Promise<Change | undefined> {
  let existing: ZoneRecord[];
  try {
    existing = await zone.recordsAt(change.record.name);
  } catch (error) {
    if (!(error instanceof CloudflareFailure)) throw error;
    throw new UserError(
      `${reason.message}; whether "${change.action}" was carried out is unknown, since reading it ` +
        `failed too: ${error.message}; run the command again`,
    );
  }
  if (change.action !== 'delete') return planRecord(change.record, existing, options);
  return existing.some(({ id }) => id === change.record.id) ? change : undefined;
}
