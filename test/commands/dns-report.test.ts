import {
  type ClusterReport,
  clientLine,
  exitCodeOf,
  plannedLine,
  resultLine,
} from '../../lib/commands/dns-report';
import type { RecordResult } from '../../lib/dns/sync';

const record = {
  type: 'CNAME',
  name: 'wireguard.adyxax.org',
  content: 'myth.adyxax.org',
  comment: '',
} as const;

function aReport(changes: Partial<ClusterReport> = {}): ClusterReport {
  const nothing = { recordsError: undefined, client: undefined, clientError: undefined };
  return { cluster: 'myth', records: [], ...nothing, ...changes };
}

function aResult(state: RecordResult['state']): RecordResult {
  return { change: { action: 'create', record }, state };
}

describe('the exit code', () => {
  const client = { file: 'f', port: 342, endpoint: 'e' };
  test.each([
    [0, {}],
    [0, { records: [aResult('in sync'), aResult('applied')] }],
    [0, { client: { ...client, state: 'written' } }],
    [2, { client: { ...client, state: 'planned' } }],
    [2, { records: [aResult('planned')] }],
    [2, { records: [aResult('unknown')] }],
    [3, { records: [aResult('planned'), aResult('refused')] }],
    [1, { records: [aResult('refused'), aResult('failed'), aResult('not tried')] }],
    [1, { records: [aResult('refused')], clientError: 'no host key' }],
    [1, { recordsError: 'no credentials', client: { ...client, state: 'written' } }],
  ] as const)('is %i for %j', (code, changes) => {
    expect(exitCodeOf([aReport(), aReport(changes), aReport()])).toBe(code);
  });
});

describe('a line', () => {
  test.each([
    [
      plannedLine({ action: 'create', record }),
      'create CNAME wireguard.adyxax.org -> myth.adyxax.org',
    ],
    [
      plannedLine({
        action: 'update',
        record,
        id: 'a1',
        differences: [
          { field: 'proxied', from: 'true', to: 'false' },
          { field: 'comment', from: '', to: 'ours' },
        ],
      }),
      'update CNAME wireguard.adyxax.org: proxied true -> false, comment (none) -> ours',
    ],
    [
      plannedLine({ action: 'in sync', record }),
      'in sync CNAME wireguard.adyxax.org -> myth.adyxax.org',
    ],
    [
      plannedLine({ action: 'refused', record, reason: 'an A record is there' }),
      'refused CNAME wireguard.adyxax.org -> myth.adyxax.org: an A record is there',
    ],
    [resultLine(aResult('applied')), 'created CNAME wireguard.adyxax.org'],
    [
      resultLine({ ...aResult('failed'), reason: 'HTTP 500' }),
      'failed CNAME wireguard.adyxax.org: HTTP 500',
    ],
    [resultLine(aResult('not tried')), 'not tried create CNAME wireguard.adyxax.org'],
    [clientLine({ file: 'f.yaml', state: 'planned', port: 342 }), 'write f.yaml (port 342)'],
  ])('says what there is to know: %#', (line, expected) => {
    expect(`${line?.verb ?? ''} ${line?.text ?? ''}`).toBe(expected);
  });

  test('is not repeated for what the plan said', () => {
    for (const state of ['in sync', 'refused', 'planned', 'unknown'] as const) {
      expect(resultLine(aResult(state))).toBeUndefined();
    }
  });
});
