import type { Proxy } from './proxy';

/** As much of `fetch` as the SDK uses. */
export type Fetch = (
  url: string | URL | globalThis.Request,
  init?: RequestInit,
) => Promise<Response>;

/** Header fields the API needs; what else the environment would add stays here. */
const SENT = [
  'accept',
  'authorization',
  'content-type',
  'user-agent',
  'x-auth-email',
  'x-auth-key',
];

/** A page of a thousand records has less than 1 MiB. */
const MAX_BYTES = 8 << 20;

/** The longest `retry-after` that is obeyed; a longer one is an error, since the SDK knows no limit. */
const MAX_WAIT_MS = 30_000;

/**
 * A `fetch` for the SDK that reads the whole answer, so that the SDK's timeout, which ends with the
 * header, covers the body too. It follows no redirect, since the credential would go along.
 * @param redact masks the credential, should the answer echo it
 */
export async function fetchThrough(
  proxy: Proxy | undefined,
  redact: (text: string) => string,
): Promise<Fetch> {
  const send = await senderThrough(proxy);
  return async (url, { method = 'GET', headers, body, signal } = {}) => {
    const given = new Headers(headers);
    const answer = await send(url as string, {
      method,
      headers: SENT.flatMap((name): [string, string][] => {
        const value = given.get(name);
        return value === null ? [] : [[name, value]];
      }),
      body: body as string | undefined,
      signal,
      redirect: 'error',
    });
    const text = redactBody(await readBounded(answer.body), redact);
    const { status } = answer;
    return new Response(text === '' ? null : text, { status, headers: kept(answer.headers) });
  };
}

interface Request {
  readonly method: string;
  readonly headers: [string, string][];
  readonly body: string | undefined;
  readonly signal: AbortSignal | null | undefined;
  readonly redirect: 'error';
}

interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** Node's own `fetch` knows no proxy. */
async function senderThrough(
  proxy: Proxy | undefined,
): Promise<(url: string, request: Request) => Promise<Answer>> {
  if (proxy === undefined) return fetch;
  const { ProxyAgent, fetch: fetchBy } = await import('undici');
  const dispatcher = new ProxyAgent({ uri: proxy.url, token: proxy.token });
  return (url, request) => fetchBy(url, { ...request, dispatcher });
}

/** JSON stays JSON: only the texts in it are looked at, as they are when they are shown. */
function redactBody(body: string, redact: (text: string) => string): string {
  try {
    return JSON.stringify(
      JSON.parse(body, (_, value: unknown) => (typeof value === 'string' ? redact(value) : value)),
    );
  } catch {
    return redact(body);
  }
}

async function readBounded(body: Answer['body']): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`the answer is larger than ${MAX_BYTES >> 20} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** What the SDK and the messages need of an answer's header. */
function kept(headers: Answer['headers']): Record<string, string> {
  const retryAfter = headers.get('retry-after');
  const waitMs = /^\d+$/.test(retryAfter ?? '')
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter ?? '') - Date.now();
  return {
    'content-type': headers.get('content-type') ?? 'no content type',
    ...(Number.isNaN(waitMs) ? {} : { 'retry-after': `${Math.max(0, waitMs / 1000)}` }),
    ...(waitMs > MAX_WAIT_MS ? { 'x-should-retry': 'false' } : {}),
  };
}
