import type { PublishResult } from '../client/publish';
import type { PlannedChange } from '../dns/plan';
import type { RecordResult } from '../dns/sync';

/** What became of one cluster; a half that failed as a whole is told by its error alone. */
export interface ClusterReport {
  readonly cluster: string;
  readonly records: readonly RecordResult[];
  readonly recordsError: string | undefined;
  readonly client: PublishResult | undefined;
  readonly clientError: string | undefined;
}

/** `info`: nothing to do, or done; `warning`: pending; `error`: also a refusal. */
type Severity = 'info' | 'warning' | 'error';

/** One line for people: its verb in a column of its own, then what it is about. */
export interface ReportLine {
  readonly verb: string;
  readonly text: string;
  readonly severity: Severity;
}

/** A change before it is carried out. */
export function plannedLine(change: PlannedChange): ReportLine {
  const text = describe(change);
  switch (change.action) {
    case 'in sync':
      return { verb: 'in sync', text, severity: 'info' };
    case 'refused':
      return { verb: 'refused', text: `${text}: ${change.reason}`, severity: 'error' };
    case 'unknown':
      return { verb: 'wanted', text, severity: 'warning' };
    default:
      return { verb: change.action, text, severity: 'warning' };
  }
}

const DONE: Readonly<Record<string, string>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'deleted',
};

/** What carrying it out came to; undefined: the plan's line says it all. */
export function resultLine({ change, state, reason }: RecordResult): ReportLine | undefined {
  const { type, name } = change.record;
  switch (state) {
    case 'applied':
      return {
        verb: DONE[change.action] ?? change.action,
        text: `${type} ${name}`,
        severity: 'info',
      };
    case 'failed':
      return { verb: 'failed', text: `${type} ${name}: ${reason ?? ''}`, severity: 'error' };
    case 'not tried':
      return { verb: 'not tried', text: `${change.action} ${type} ${name}`, severity: 'error' };
    default:
      return undefined;
  }
}

/** The line of the client configuration. */
export function clientLine({ file, state, endpoint, port }: PublishResult): ReportLine {
  const verb = { unchanged: 'unchanged', planned: 'write', written: 'written' }[state];
  const where = endpoint === undefined ? `port ${port}` : `${endpoint} port ${port}`;
  return { verb, text: `${file} (${where})`, severity: state === 'planned' ? 'warning' : 'info' };
}

function describe(change: PlannedChange): string {
  const { type, name, content } = change.record;
  if (change.action === 'replace') {
    const [before, after] = [change.replaced, change.records].map((records) =>
      records.map((record) => `${record.type} ${record.content}`).join(', '),
    );
    return `${name}: ${before ?? ''} by ${after ?? ''}`;
  }
  if (change.action !== 'update') return `${type} ${name} -> ${content}`;
  const differences = change.differences.map(
    ({ field, from, to }) => `${field} ${from === '' ? '(none)' : from} -> ${to}`,
  );
  return `${type} ${name}: ${differences.join(', ')}`;
}

/**
 * What the command ends with: 1 an error, 3 a record refused, 2 changes pending or unknown, 0 all as
 * wanted; the first that holds for any cluster.
 */
export function exitCodeOf(reports: readonly ClusterReport[]): number {
  const states = new Set(reports.flatMap(({ records }) => records.map(({ state }) => state)));
  const isError = reports.some(
    ({ recordsError, clientError }) => recordsError !== undefined || clientError !== undefined,
  );
  if (isError || states.has('failed') || states.has('not tried')) return 1;
  if (states.has('refused')) return 3;
  const isPending = reports.some(({ client }) => client?.state === 'planned');
  return isPending || states.has('planned') || states.has('unknown') ? 2 : 0;
}
