import { UserError } from '../errors';
import type { Inventory } from '../inventory/inventory';
import { applyChange } from './apply';
import type { RetryPolicy } from './retry-policy';
import {
  type Environment,
  MissingCredentials,
  readBaseUrl,
  readCredentials,
  readZoneId,
} from './credentials';
import { type Change, type PlanOptions, type PlannedChange, planRecords } from './plan';
import { proxyFor } from './proxy';
import { endpointName, wantedRecords } from './record';
import { openZone } from './zone';

export interface SyncOptions extends PlanOptions {
  /** Plan only: nothing is written. */
  readonly dryRun: boolean;
  /** Where credentials and settings are read. @default process.env */
  readonly env?: Environment;
  /** @default 15 s for an answer, 2 repetitions of a read */
  readonly retryPolicy?: RetryPolicy;
  /** Told of every change before the first is carried out. */
  readonly onPlan?: (changes: readonly PlannedChange[]) => void;
}

/** What became of one change. */
export interface RecordResult {
  readonly change: PlannedChange;
  readonly state:
    'in sync' | 'refused' | 'unknown' | 'planned' | 'applied' | 'failed' | 'not tried';
  /** With `unknown` and `failed`: why. */
  readonly reason?: string;
}

/**
 * Plans the records of an inventory, and unless `dryRun` is set carries the plan out. After a
 * failed change the following ones are not tried.
 * @returns a result for each change, in the plan's order; empty without `dns` in the inventory
 * @throws UserError when the zone could not be read; nothing was written then
 */
export async function syncRecords(
  inventory: Inventory,
  options: SyncOptions,
): Promise<RecordResult[]> {
  const { dryRun, env = process.env, retryPolicy, onPlan } = options;
  const { dns } = inventory;
  if (dns === undefined) return [];
  const wanted = wantedRecords(inventory);

  let credentials;
  try {
    credentials = readCredentials(dns.zone, env);
  } catch (error) {
    if (!dryRun || !(error instanceof MissingCredentials)) throw error;
    const reason = error.message;
    const changes = wanted.map((record) => ({ action: 'unknown', record }) as const);
    onPlan?.(changes);
    return changes.map((change) => ({ change, state: 'unknown', reason }));
  }
  const baseUrl = readBaseUrl(env);
  const proxy = proxyFor(baseUrl, env);
  const zone = await openZone(dns.zone, {
    credentials,
    baseUrl,
    proxy,
    zoneId: readZoneId(env),
    retryPolicy,
  });
  const endpoint = endpointName(dns);
  const existing = [
    ...(await zone.recordsAt(endpoint)),
    // Also without `dns.services`: what was published before it was switched off goes away.
    ...(await zone.recordsBelow(endpoint)),
  ];
  const changes = planRecords(wanted, existing, options);
  onPlan?.(changes);

  const results: RecordResult[] = [];
  for (const change of changes) {
    const isAfterFailure =
      results.at(-1)?.state === 'failed' || results.at(-1)?.state === 'not tried';
    if (change.action === 'in sync' || change.action === 'refused') {
      results.push({ change, state: change.action });
    } else if (dryRun) {
      results.push({ change, state: 'planned' });
    } else if (isAfterFailure) {
      results.push({ change, state: 'not tried' });
    } else {
      results.push(await carryOut(change));
    }
  }
  return results;

  async function carryOut(change: Change): Promise<RecordResult> {
    try {
      const outcome = await applyChange(zone, change, wanted, options);
      return outcome === 'applied'
        ? { change, state: 'applied' }
        : { change: outcome, state: 'refused' };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { change, state: 'failed', reason: error.message };
    }
  }
}
