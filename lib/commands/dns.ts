import { Command } from 'commander';
import { type PublishResult, publishConfiguration } from '../client/publish';
import {
  type ClusterReport,
  type ReportLine,
  clientLine,
  exitCodeOf,
  plannedLine,
  resultLine,
} from './dns-report';
import { type RecordResult, syncRecords } from '../dns/sync';
import { UserError, reportUserErrors } from '../errors';
import type { Inventory } from '../inventory/inventory';
import { printableJson } from '../printable';
import { type Line, log, print } from '../terminal';
import { type Environment, takeCredentials } from '../dns/credentials';
import { parseDuration } from './duration';
import { inventoriesOf } from './inventories';

interface Options {
  readonly dryRun?: true;
  readonly force?: true;
  readonly json?: true;
  readonly wait?: number | true;
}

const FIVE_MINUTES = 300_000;

export const command = new Command('npm run dns --')
  .description(
    "Brings each cluster's DNS record to what its inventory says, and writes what clients need to know " +
      'to wireguard-generated-configuration-<cluster>.yaml in the working directory.',
  )
  .argument('[cluster...]', 'names of inventory files without .yaml (default: all)')
  .option('--dry-run', 'print the plan; write neither record nor file')
  .option('--force', 'take over a record that is not marked as ours')
  .option(
    '--json',
    'print one JSON document instead of lines; `npm run --silent` prints nothing else',
  )
  .option(
    '--wait [duration]',
    'wait for the Service and the API server while they do not exist yet, e.g. 90s (default: 5m)',
    parseDuration,
  )
  .addHelpText(
    'after',
    `
Only the endpoint's CNAME or addresses and, with dns.services, address records below it are touched,
and only those whose comment says "wireguard-endpoint: <cluster>". A record of another in their place
is refused without --force; one of another type, or one too many, is refused always.

Environment:
  CLOUDFLARE_API_TOKEN   a token with Zone.DNS Edit and Zone.Zone Read on the zone
  CLOUDFLARE_EMAIL, CLOUDFLARE_API_KEY   the account's global key, when there is no token
  CLOUDFLARE_ZONE_ID     skips the look-up of the zone, for a token without Zone.Zone Read
  CLOUDFLARE_BASE_URL    another address of the API: https, or http on loopback
  HTTPS_PROXY, NO_PROXY  as for curl
  INVENTORY_DIR          folder of the inventories (default: inventory)

The cluster is asked by kubectl, with the kubeconfig and context of the inventory: a kubeconfig can
run programs, also under --dry-run.

Exit code: 0 in sync or applied, 1 error, 2 changes pending under --dry-run, 3 a record refused.

Examples:
  npm run dns -- --dry-run
  npm run dns -- myth --wait 10m
  npm run --silent dns -- --json > records.json`,
  )
  .action((clusters: string[], options: Options) =>
    reportUserErrors(async () => {
      const env = takeCredentials();
      const reports: ClusterReport[] = [];
      for (const inventory of inventoriesOf(clusters)) {
        reports.push(await update(inventory, env, options));
      }
      if (options.json) process.stdout.write(`${printableJson(reports)}\n`);
      process.exitCode = exitCodeOf(reports);
    }),
  );

/** The two halves are independent: the failure of one leaves the other its chance. */
async function update(
  inventory: Inventory,
  env: Environment,
  options: Options,
): Promise<ClusterReport> {
  const { cluster } = inventory;
  const { dryRun = false, force = false, json = false, wait } = options;
  const show = (line: ReportLine | undefined): void => {
    if (!json && line !== undefined) print(format(cluster, line));
  };
  const report = (half: string, message: string): string => {
    log(format(cluster, { verb: 'error', text: `${half}: ${message}`, severity: 'error' }));
    return message;
  };

  let records: RecordResult[] = [];
  let recordsError: string | undefined;
  try {
    records = await syncRecords(inventory, {
      dryRun,
      force,
      env,
      onPlan: (changes) => {
        for (const change of changes) show(plannedLine(change));
      },
    });
    for (const result of records) show(resultLine(result));
    const unknown = records.find(({ state }) => state === 'unknown');
    if (unknown?.reason !== undefined) {
      show({ verb: 'note', text: `not looked up: ${unknown.reason}`, severity: 'warning' });
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    recordsError = report('record', error.message);
  }

  let client: PublishResult | undefined;
  let clientError: string | undefined;
  try {
    client = await publishConfiguration(inventory, {
      dryRun,
      waitMs: wait === true ? FIVE_MINUTES : (wait ?? 0),
      onWait: (reason) => {
        log(format(cluster, { verb: 'waiting', text: reason, severity: 'warning' }));
      },
    });
    show(clientLine(client));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    clientError = report('client file', error.message);
  }
  return { cluster, records, recordsError, client, clientError };
}

const COLOURS = { info: 'green', warning: 'yellow', error: 'red' } as const;

function format(cluster: string, { verb, text, severity }: ReportLine): Line {
  return [`${cluster}  `, { text: verb.padEnd(9), colour: COLOURS[severity] }, `  ${text}`];
}

if (require.main === module) void command.parseAsync();
