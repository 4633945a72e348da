import { randomBytes } from 'node:crypto';
import Cloudflare from 'cloudflare';
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  createServer,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { domainToASCII } from 'node:url';

/** A record as the API gives it back. */
export interface FakeRecord {
  id: string;
  type: string;
  name: string;
  content: string;
  ttl: number;
  proxied: boolean;
  comment: string | null;
}

/** What came over the wire. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/**
 * What goes wrong with one request. `applied` tells whether it takes effect all the same; `answer`
 * is a whole answer, or what becomes of the connection.
 */
export interface Fault {
  readonly applied: boolean;
  readonly answer:
    | { readonly status: number; readonly body: string; readonly headers?: Record<string, string> }
    | 'drop'
    | 'stall'
    | 'hang';
}

interface Answer {
  status: number;
  body: unknown;
}

export const TOKEN = 'cfut_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE';
export const ZONE_ID = '023e105f4ecef8ad9ca31a8372d0c353';

/** Has the SDK repeat a read at once: half a second each time is more than the tests have. */
export function skipBackoff(): void {
  const sdk = Cloudflare.prototype as unknown as { calculateDefaultRetryTimeoutMillis(): number };
  beforeEach(() => {
    jest.spyOn(sdk, 'calculateDefaultRetryTimeoutMillis').mockReturnValue(1);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
}

/**
 * A stateful Cloudflare on loopback, as its API documents itself and as its users report it: names
 * and contents are normalised, names have one CNAME or addresses, lists are paginated and filtered,
 * errors carry their documented codes.
 */
export class CloudflareFake {
  zones = [{ id: ZONE_ID, name: 'adyxax.org' }];
  records: FakeRecord[] = [];
  /** What the credential may do; without `zone` lists of zones are empty. */
  may = { zone: true, dns: true };
  /** Records a list gives at most, whatever is asked for. */
  maxPerPage = 5000;
  /** How international names are stored, given back and filtered by: in punycode, or in Unicode. */
  spell: (name: string) => string = domainToASCII;
  requests: SeenRequest[] = [];
  /** Decides by the position of the request, from 0, whether it goes wrong. */
  faultAt: (index: number, request: SeenRequest) => Fault | undefined = () => undefined;

  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/client/v4`;
  }

  /** The requests that would change something. */
  get writes(): string[] {
    return this.requests
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path.replace(/.*\/dns_records/, '/dns_records')}`);
  }

  add(record: Partial<FakeRecord> & Pick<FakeRecord, 'type' | 'name' | 'content'>): FakeRecord {
    const id = randomBytes(16).toString('hex');
    const added = { id, ttl: 1, proxied: false, comment: null, ...record };
    this.records.push(added);
    return added;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://fake');
    const text = Buffer.concat(chunks).toString();
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: decodeURIComponent(url.pathname),
      query: url.searchParams,
      headers: request.headers,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    };
    const fault = this.faultAt(this.requests.length, seen);
    this.requests.push(seen);
    const honest = fault?.applied === false ? undefined : this.#answer(seen);
    if (fault === undefined) {
      response.writeHead(honest?.status ?? 500, { 'content-type': 'application/json' });
      response.end(JSON.stringify(honest?.body));
    } else if (fault.answer === 'drop') {
      request.socket.destroy();
    } else if (fault.answer === 'stall') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"success":true,');
    } else if (fault.answer !== 'hang') {
      const { status, body, headers } = fault.answer;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(body);
    }
  }

  #answer(request: SeenRequest): Answer {
    const { headers, method, path, query, body } = request;
    const isKey = headers['x-auth-key'] !== undefined && headers['x-auth-email'] !== undefined;
    if (!isKey && headers.authorization === undefined) return failure(400, 9106, 'Missing headers');
    if (!isKey && !/^Bearer \S{20,}$/.test(headers.authorization ?? '')) {
      return failure(400, 6003, 'Invalid request headers', 6111, 'Invalid format');
    }
    if (!isKey && headers.authorization !== `Bearer ${TOKEN}`) {
      return path.endsWith('/zones')
        ? failure(403, 9109, 'Invalid access token')
        : failure(401, 10000, 'Authentication error');
    }
    const [, zoneId, isRecords, id] =
      /^\/client\/v4\/zones(?:\/([^/]+))?(\/dns_records)?(?:\/([^/]+))?$/.exec(path) ?? [];
    if (zoneId === undefined) {
      const visible = this.may.zone
        ? this.zones.filter(({ name }) => name.toLowerCase() === query.get('name')?.toLowerCase())
        : [];
      return success(visible, { total_count: visible.length });
    }
    const zone = this.zones.find((zone) => zone.id === zoneId);
    if (zone === undefined) return failure(404, 7003, `Could not route to ${path}`);
    if (isRecords === undefined) {
      return this.may.zone
        ? success(zone)
        : failure(403, 9109, 'Unauthorized to access requested resource');
    }
    if (!this.may.dns) return failure(403, 10000, 'Authentication error');
    if (method === 'GET') return this.#list(query);
    if (method === 'POST' && id === 'batch') return this.#batch(body, zone.name);
    const current = this.records.find((record) => record.id === id);
    if (id !== undefined && current === undefined) {
      return failure(404, 81044, 'Record does not exist.');
    }
    if (method === 'DELETE') {
      this.records = this.records.filter((record) => record !== current);
      return success({ id });
    }
    if (method !== 'POST' && method !== 'PATCH') return failure(405, 10405, 'Method not allowed');
    return this.#store(current, body, zone.name);
  }

  /** One transaction: deletes, then posts, or nothing of it. */
  #batch(body: Record<string, unknown>, zone: string): Answer {
    const before = this.records;
    const { deletes, posts } = body as {
      deletes: { id: string }[];
      posts: Record<string, unknown>[];
    };
    const isKnown = deletes.every(({ id }) => before.some((record) => record.id === id));
    if (!isKnown) return failure(404, 81044, 'Record does not exist.');
    this.records = before.filter((record) => deletes.every(({ id }) => id !== record.id));
    const answers = posts.map((post) => this.#store(undefined, post, zone));
    const failed = answers.find(({ status }) => status !== 200);
    if (failed !== undefined) {
      this.records = before;
      return failed;
    }
    return success({
      deletes: before.filter((record) => !this.records.includes(record)),
      posts: answers.map(({ body }) => (body as { result: unknown }).result),
    });
  }

  #list(query: URLSearchParams): Answer {
    const page = Number(query.get('page') ?? 1);
    const size = Math.min(Number(query.get('per_page') ?? 100), this.maxPerPage);
    const exact = query.get('name.exact')?.toLowerCase();
    const suffix = query.get('name.endswith')?.toLowerCase() ?? '';
    const found = this.records.filter(
      ({ name }) =>
        (exact === undefined || name.toLowerCase() === exact) &&
        name.toLowerCase().endsWith(suffix),
    );
    const info = { page, per_page: size, total_count: found.length };
    return success(found.slice((page - 1) * size, page * size), info);
  }

  /** The rules of POST and PATCH. */
  #store(current: FakeRecord | undefined, body: Record<string, unknown>, zone: string): Answer {
    const validation = (code: number, message: string): Answer =>
      failure(400, 1004, 'DNS Validation Error', code, message);
    if ('tags' in body) return validation(9300, 'DNS record has 1 tags, exceeding the quota of 0.');
    const { type, name, content, ttl } = body;
    if (typeof type !== 'string' || typeof name !== 'string' || typeof content !== 'string') {
      return validation(9000, 'type, name and content are required');
    }
    if (typeof ttl !== 'number' || (ttl !== 1 && (ttl < 60 || ttl > 86400))) {
      return validation(9021, 'Invalid TTL. Must be between 60 and 86400 seconds, or 1.');
    }
    const own = this.spell(zone);
    const given = this.spell(name.toLowerCase().replace(/\.$/, ''));
    const fqdn = given === own || given.endsWith(`.${own}`) ? given : `${given}.${own}`;
    const bare = content.toLowerCase().replace(/\.$/, '');
    const target = type === 'CNAME' ? this.spell(bare) : bare;
    if (type === 'CNAME' && target === fqdn) {
      return validation(9007, 'Content for CNAME record is invalid.');
    }
    const comment = typeof body['comment'] === 'string' ? body['comment'] : '';
    if (comment.length > 100) return validation(9313, 'Comment is too long');

    const others = this.records.filter((record) => record.name === fqdn && record !== current);
    const has = (...types: string[]): boolean => others.some((other) => types.includes(other.type));
    if (has('NS')) return failure(400, 81056, 'NS records with that host already exist.');
    if (others.some((other) => other.type === type && other.content === target)) {
      return failure(400, 81058, 'An identical record already exists.');
    }
    if (type === 'CNAME' && has('A', 'AAAA', 'CNAME')) {
      return failure(
        400,
        81053,
        'An A, AAAA, or CNAME record with that host already exists. For more details, see the docs.',
      );
    }
    if (type !== 'CNAME' && has('CNAME')) {
      return failure(400, 81054, 'A CNAME record with that host already exists.');
    }
    const proxied = body['proxied'] === true;
    const stored = { type, name: fqdn, content: target, proxied, ttl: proxied ? 1 : ttl };
    if (current === undefined) return success(this.add({ ...stored, comment: comment || null }));
    return success(Object.assign(current, stored, 'comment' in body ? { comment } : {}));
  }
}

function success(result: unknown, info?: object): Answer {
  const envelope = { result, success: true, errors: [], messages: [] };
  return { status: 200, body: info === undefined ? envelope : { ...envelope, result_info: info } };
}

function failure(
  status: number,
  code: number,
  message: string,
  chained?: number,
  chainedMessage?: string,
): Answer {
  const chain =
    chained === undefined ? {} : { error_chain: [{ code: chained, message: chainedMessage }] };
  const errors = [{ code, message, ...chain }];
  return { status, body: { result: null, success: false, errors, messages: [] } };
}
