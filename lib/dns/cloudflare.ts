import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../errors';
import { rootCause } from '../root-cause';
import { type Credentials, permissionsFor } from './credentials';
import { CloudflareFailure, type Envelope, envelope, failureOf } from './failure';
import { fetchWhole } from './fetch-whole';
import { AUTOMATIC_TTL, type WantedRecord, type ZoneRecord, canonicalName } from './record';

/** The records of one zone. Every method throws {@link CloudflareFailure}. */
export interface Zone {
  /** All records of exactly this name, of whatever type. */
  recordsAt(name: string): Promise<ZoneRecord[]>;
  /** All records below this name, itself left out. */
  recordsBelow(name: string): Promise<ZoneRecord[]>;
  /** Sent once, never repeated. @returns the record as the zone now holds it */
  create(record: WantedRecord): Promise<ZoneRecord>;
  /** Sent once, never repeated. @returns the record as the zone now holds it */
  edit(id: string, record: WantedRecord): Promise<ZoneRecord>;
  /** Sent once, never repeated. */
  remove(id: string): Promise<void>;
}

/** Where and how to reach the API. */
export interface CloudflareAccess {
  readonly credentials: Credentials;
  /** Without a final slash. */
  readonly baseUrl: string;
  /** Skips the look-up of the zone by its name. */
  readonly zoneId?: string;
  readonly patience?: Patience;
}

/** Times are in milliseconds. */
export interface Patience {
  /** For one answer, its body included. @default 15000 */
  readonly timeoutMs: number;
  /** How often a read is repeated. @default 2 */
  readonly retries: number;
  /** Before the first repetition; doubled for each further one. @default 500 */
  readonly backoffMs: number;
  /** The longest a `retry-after` is obeyed; a longer one is an error. @default 30000 */
  readonly maxWaitMs: number;
}

const DEFAULT_PATIENCE: Patience = {
  timeoutMs: 15_000,
  retries: 2,
  backoffMs: 500,
  maxWaitMs: 30_000,
};

/** Cloudflare documents no upper limit worth reaching; one page nearly always holds everything. */
const PER_PAGE = 1000;

const recordShape = z
  .object({
    id: z.string().min(1),
    type: z.string(),
    name: z.string(),
    content: z.string().catch(''),
    proxied: z.boolean().catch(false),
    ttl: z.number(),
    comment: z.string().nullish(),
  })
  .transform((record): ZoneRecord => ({
    ...record,
    type: record.type.toUpperCase(),
    name: canonicalName(record.name),
    comment: record.comment ?? '',
  }));

const zoneShape = z.object({ id: z.string().min(1), name: z.string() });

/**
 * Opens a zone by its name, or by `zoneId` once that is known to be this zone: in another one
 * Cloudflare would take `wireguard.example.org` for a relative name.
 * @throws {@link CloudflareFailure}
 * @throws UserError when the credential sees no such zone, or several
 */
export async function openZone(zone: string, access: CloudflareAccess): Promise<Zone> {
  const { credentials, baseUrl, patience = DEFAULT_PATIENCE } = access;
  const permissions = permissionsFor(zone);
  const secrets = Object.values(credentials);
  // Loading the SDK takes a third of a second, which only this command shall pay.
  const { default: Cloudflare } = await import('cloudflare');
  const client = new Cloudflare({
    // What is not given here would be read from the environment, and sent beside the credential.
    apiToken: null,
    apiKey: null,
    apiEmail: null,
    userServiceKey: null,
    ...credentials,
    baseURL: baseUrl,
    fetch: fetchWhole(patience.timeoutMs),
    timeout: 2 * patience.timeoutMs,
    maxRetries: 0,
    logLevel: 'off',
  });
  const zoneId = access.zoneId ?? (await findZone());
  if (access.zoneId !== undefined) await checkZone(access.zoneId);

  return {
    recordsAt: (name) => records({ exact: name }, (record) => record.name === name),
    recordsBelow: (name) =>
      records({ endswith: `.${name}` }, (record) => record.name.endsWith(`.${name}`)),
    create: (record) =>
      write(`create ${record.name}`, () => client.dns.records.create(bodyOf(record))),
    edit: (id, record) =>
      write(`edit ${record.name}`, () => client.dns.records.edit(id, bodyOf(record))),
    async remove(id) {
      const call = (): Call => client.dns.records.delete(id, { zone_id: zoneId });
      const { result } = await ask('delete a record', call);
      parse(z.object({ id: z.literal(id) }), result);
    },
  };

  async function findZone(): Promise<string> {
    const { result } = await read(`look up the zone ${zone}`, () =>
      client.zones.list({ name: zone }),
    );
    const found = parse(z.array(zoneShape), result).filter(({ name }) => name === zone);
    if (found[0] !== undefined && found.length === 1) return found[0].id;
    throw new UserError(
      found.length === 0
        ? `Cloudflare shows no zone ${zone} to this credential: it is in another account, or the ` +
            `credential lacks ${permissions}; with "Zone.DNS Edit" alone set CLOUDFLARE_ZONE_ID`
        : `Cloudflare shows ${found.length} zones named ${zone} (${found.map(({ id }) => id).join(', ')}): ` +
            'say which in CLOUDFLARE_ZONE_ID',
    );
  }

  /** A token without "Zone Read" cannot ask for the zone's name: then its records must tell. */
  async function checkZone(id: string): Promise<void> {
    let names: string[];
    try {
      const { result } = await read('look up CLOUDFLARE_ZONE_ID', () =>
        client.zones.get({ zone_id: id }),
      );
      names = [parse(zoneShape, result).name];
      if (names[0] === zone) return;
    } catch (error) {
      if (!(error instanceof CloudflareFailure) || error.facts.status !== 403) throw error;
      const { result } = await read('list records', () =>
        client.dns.records.list({ zone_id: id, per_page: 100 }),
      );
      names = parse(z.array(recordShape), result).map(({ name }) => name);
      const isInside = (name: string): boolean => name === zone || name.endsWith(`.${zone}`);
      if (names.length > 0 && names.every(isInside)) return;
    }
    throw new UserError(
      `CLOUDFLARE_ZONE_ID is not the zone ${zone}: it holds ${names[0] ?? 'no record to tell it by'}; ` +
        'correct or unset it',
    );
  }

  async function records(
    name: { exact: string } | { endswith: string },
    isMeant: (record: ZoneRecord) => boolean,
  ): Promise<ZoneRecord[]> {
    const found = new Map<string, ZoneRecord>();
    for (let page = 1; ; page++) {
      const { result, result_info: info } = await read('list records', () =>
        client.dns.records.list({ zone_id: zoneId, name, page, per_page: PER_PAGE }),
      );
      const before = found.size;
      for (const record of parse(z.array(recordShape), result)) found.set(record.id, record);
      const total = info?.total_count ?? found.size;
      if (found.size >= total) break;
      if (found.size > before) continue;
      throw new CloudflareFailure(
        `Cloudflare listed ${found.size} of ${total} records; nothing is decided on a part`,
        { status: 200 },
      );
    }
    // An API that does not know a filter leaves it out.
    return [...found.values()].filter(isMeant);
  }

  function bodyOf(record: WantedRecord): WantedRecord & {
    zone_id: string;
    proxied: boolean;
    ttl: typeof AUTOMATIC_TTL;
  } {
    return { ...record, zone_id: zoneId, proxied: false, ttl: AUTOMATIC_TTL };
  }

  async function write(what: string, call: () => Call): Promise<ZoneRecord> {
    const { result } = await ask(what, call);
    return parse(recordShape, result);
  }

  async function read(what: string, call: () => Call): Promise<Envelope> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await ask(what, call);
      } catch (error) {
        if (!(error instanceof CloudflareFailure) || !error.isPassing) throw error;
        const waitMs = error.facts.retryAfterMs ?? patience.backoffMs * 2 ** attempt;
        if (attempt === patience.retries || waitMs > patience.maxWaitMs) throw error;
        await sleep(waitMs);
      }
    }
  }

  /**
   * One request. The envelope is read here, since the SDK takes `success: false` or a web page with
   * status 200 for an empty result.
   */
  async function ask(what: string, call: () => Call): Promise<Envelope> {
    try {
      const answer = await call().asResponse();
      const text = await answer.text();
      const body = parseJson(text);
      const parsed = envelope.safeParse(body);
      if (!parsed.success) {
        const type = answer.headers.get('content-type') ?? 'no content type';
        throw new CloudflareFailure(
          `HTTP 200 without Cloudflare's envelope (${type}): a proxy or a captive portal answers in its place`,
          { status: 200 },
        );
      }
      if (!parsed.data.success) throw failureOf(200, body, permissions);
      return parsed.data;
    } catch (error) {
      const failure = asFailure(error);
      throw new CloudflareFailure(masked(`Cloudflare, ${what}: ${failure.message}`), failure.facts);
    }
  }

  function asFailure(error: unknown): CloudflareFailure {
    if (error instanceof CloudflareFailure) return error;
    if (error instanceof Cloudflare.APIError && typeof error.status === 'number') {
      const { status, error: body } = error as { status: number; error: unknown };
      const headers = error.headers as Headers | undefined;
      return failureOf(status, body, permissions, retryAfter(headers?.get('retry-after') ?? null));
    }
    return new CloudflareFailure(`no usable answer (${rootCause(error)})`);
  }

  /** Without the credential, should an answer echo it, and bounded. */
  function masked(message: string): string {
    return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), message).slice(0, 600);
  }
}

/** What the SDK's methods return, as far as we use it. */
interface Call {
  asResponse(): Promise<Response>;
}

function parse<T>(shape: z.ZodType<T>, value: unknown): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CloudflareFailure(
    "Cloudflare's answer has not the documented form; nothing is decided on it",
    { status: 200 },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Milliseconds, from seconds or a date. */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
