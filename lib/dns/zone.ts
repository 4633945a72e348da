import { z } from 'zod';
import { UserError } from '../errors';
import { canonicalName, spellings } from '../formats/domain-name';
import { type CloudflareAccess, ONCE, openApi, parse } from './cloudflare';
import { CloudflareError } from './cloudflare-error';
import { permissionsFor } from './credentials';
import { AUTOMATIC_TTL, type WantedRecord, type ZoneRecord } from './record';

/** The records of one zone. Every method throws {@link CloudflareError}; every write is sent once. */
export interface Zone {
  /** All records of exactly this name, of whatever type. */
  recordsAt(name: string): Promise<ZoneRecord[]>;
  /** All records below this name, itself left out. */
  recordsBelow(name: string): Promise<ZoneRecord[]>;
  /** @returns the record as the zone now holds it */
  create(record: WantedRecord): Promise<ZoneRecord>;
  /** @returns the record as the zone now holds it */
  edit(id: string, record: WantedRecord): Promise<ZoneRecord>;
  /**
   * Deletes records and creates others in one transaction: at no time is the name without both.
   * @returns the created records as the zone now holds them
   */
  replace(ids: readonly string[], records: readonly WantedRecord[]): Promise<ZoneRecord[]>;
  remove(id: string): Promise<void>;
}

/** Cloudflare documents no upper limit worth reaching; one page nearly always holds everything. */
const PER_PAGE = 1000;

/** A list that goes on after as many pages is not one of ours. */
const MAX_PAGES = 100;

const zoneShape = z.object({ id: z.string().min(1), name: z.string().transform(canonicalName) });

const recordShape = z
  .object({
    id: z.string().min(1),
    type: z.string(),
    name: z.string().transform(canonicalName),
    content: z.string().catch(''),
    proxied: z.boolean().catch(false),
    ttl: z.number(),
    comment: z.string().nullish(),
  })
  .transform((record): ZoneRecord => ({
    ...record,
    type: record.type.toUpperCase(),
    comment: record.comment ?? '',
  }));

/**
 * Opens a zone by its name, or by `zoneId` once that is known to be this zone: in another one
 * Cloudflare would take `wireguard.example.org` for a relative name.
 * @param zone its canonical name
 * @throws CloudflareError
 * @throws UserError when the credential sees no such zone, or several
 */
export async function openZone(zone: string, access: CloudflareAccess): Promise<Zone> {
  const api = await openApi(zone, access);
  const zoneId = access.zoneId ?? (await findZone());
  if (access.zoneId !== undefined) await checkZone(access.zoneId);

  return {
    recordsAt: (name) => records(name, ''),
    recordsBelow: (name) => records(name, '.'),
    async create(record) {
      const { result } = await api.ask(`create ${record.name}`, ({ dns }) =>
        dns.records.create({ zone_id: zoneId, ...bodyOf(record) }, ONCE),
      );
      return parse(recordShape, result);
    },
    async edit(id, record) {
      const { result } = await api.ask(`edit ${record.name}`, ({ dns }) =>
        dns.records.edit(id, { zone_id: zoneId, ...bodyOf(record) }, ONCE),
      );
      return parse(recordShape, result);
    },
    async replace(ids, records) {
      const { result } = await api.ask(`replace ${records[0]?.name ?? ''}`, ({ dns }) =>
        dns.records.batch(
          { zone_id: zoneId, deletes: ids.map((id) => ({ id })), posts: records.map(bodyOf) },
          ONCE,
        ),
      );
      return parse(z.object({ posts: z.array(recordShape) }), result).posts;
    },
    async remove(id) {
      const { result } = await api.ask('delete a record', ({ dns }) =>
        dns.records.delete(id, { zone_id: zoneId }, ONCE),
      );
      parse(z.object({ id: z.literal(id) }), result);
    },
  };

  async function findZone(): Promise<string> {
    const found = new Set<string>();
    for (const name of spellings(zone)) {
      const { result } = await api.ask(`look up the zone ${zone}`, ({ zones }) =>
        zones.list({ name }),
      );
      for (const { id, name } of parse(z.array(zoneShape), result)) {
        if (name === zone) found.add(id);
      }
    }
    const [id, ...others] = found;
    if (id !== undefined && others.length === 0) return id;
    throw new UserError(
      id === undefined
        ? `Cloudflare shows no zone ${zone} to this credential: it is in another account, or the ` +
            `credential lacks ${permissionsFor(zone)}; with "Zone.DNS Edit" alone set CLOUDFLARE_ZONE_ID`
        : `Cloudflare shows ${found.size} zones named ${zone} (${[...found].join(', ')}): ` +
            'say which in CLOUDFLARE_ZONE_ID',
    );
  }

  /** A token without "Zone Read" cannot ask for the zone's name: then its records must tell. */
  async function checkZone(id: string): Promise<void> {
    let names: string[];
    try {
      const { result } = await api.ask('look up CLOUDFLARE_ZONE_ID', ({ zones }) =>
        zones.get({ zone_id: id }),
      );
      names = [parse(zoneShape, result).name];
      if (names[0] === zone) return;
    } catch (error) {
      if (!(error instanceof CloudflareError) || error.status !== 403) throw error;
      const { result } = await api.ask('list records', ({ dns }) =>
        dns.records.list({ zone_id: id, per_page: 100 }),
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

  /** @param before what stands before the name: nothing, or the dot of names below it */
  async function records(name: string, before: '' | '.'): Promise<ZoneRecord[]> {
    const found = new Map<string, ZoneRecord>();
    for (const spelling of spellings(name)) {
      const filter = before === '' ? { exact: spelling } : { endswith: `.${spelling}` };
      for (const record of await listAll(filter)) found.set(record.id, record);
    }
    // An API that does not know a filter leaves it out.
    return [...found.values()].filter((record) =>
      before === '' ? record.name === name : record.name.endsWith(`.${name}`),
    );
  }

  async function listAll(name: { exact: string } | { endswith: string }): Promise<ZoneRecord[]> {
    const found = new Map<string, ZoneRecord>();
    let total = Infinity;
    for (let page = 1, before = -1; page <= MAX_PAGES && found.size > before; page++) {
      const { result, result_info: info } = await api.ask('list records', ({ dns }) =>
        dns.records.list({ zone_id: zoneId, name, page, per_page: PER_PAGE }),
      );
      before = found.size;
      for (const record of parse(z.array(recordShape), result)) found.set(record.id, record);
      // Without a count, a list ends with a page that adds nothing.
      total = info?.total_count ?? (found.size === before ? found.size : Infinity);
      if (found.size >= total) return [...found.values()];
    }
    throw new CloudflareError(
      `Cloudflare listed ${found.size} of ${Number.isFinite(total) ? total : 'still more'} records; ` +
        'nothing is decided on a part',
      200,
    );
  }
}

function bodyOf(record: WantedRecord): WantedRecord & {
  proxied: boolean;
  ttl: typeof AUTOMATIC_TTL;
} {
  return { ...record, proxied: false, ttl: AUTOMATIC_TTL };
}
