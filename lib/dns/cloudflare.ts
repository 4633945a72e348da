import { z } from 'zod';
import { rootCause } from '../root-cause';
import { CloudflareError, type Envelope, envelope, errorOf } from './cloudflare-error';
import { type Credentials, permissionsFor } from './credentials';
import { fetchThrough } from './fetch';
import type { Proxy } from './proxy';
import { redactor } from './redact';
import type { RetryPolicy } from './retry-policy';

/** Where and how to reach the API. */
export interface CloudflareAccess {
  readonly credentials: Credentials;
  /** Without a final slash. */
  readonly baseUrl: string;
  readonly proxy?: Proxy;
  /** Skips the look-up of the zone by its name. */
  readonly zoneId?: string;
  readonly retryPolicy?: RetryPolicy;
}

const DEFAULT_POLICY: RetryPolicy = { timeoutMs: 15_000, retries: 2 };

/** Loading the SDK takes a third of a second, which only those who ask Cloudflare shall pay. */
const loadSdk = () => import('cloudflare');

type Client = InstanceType<Awaited<ReturnType<typeof loadSdk>>['default']>;

/** What the SDK's methods return, as far as it is used here. */
interface Call {
  asResponse(): Promise<Response>;
}

/** The SDK, and the one way in which it is asked. */
export interface Api {
  /**
   * Asks, and reads the envelope, since the SDK takes `success: false` or a web page with status 200
   * for an empty result.
   * @param what for messages
   * @throws CloudflareError
   */
  ask(what: string, call: (client: Client) => Call): Promise<Envelope>;
}

/** A write is sent once, never repeated: the SDK would create a record anew after a lost answer. */
export const ONCE = { maxRetries: 0 } as const;

/** @throws UserError when the proxy cannot be used */
export async function openApi(zone: string, access: CloudflareAccess): Promise<Api> {
  const { credentials, baseUrl, proxy, retryPolicy = DEFAULT_POLICY } = access;
  const { timeoutMs, retries } = retryPolicy;
  const permissions = permissionsFor(zone);
  const redact = redactor(Object.values(credentials));
  const { default: Sdk } = await loadSdk();
  const client = new Sdk({
    // What is not given here would be read from the environment, and sent beside the credential.
    apiToken: null,
    apiKey: null,
    apiEmail: null,
    userServiceKey: null,
    ...credentials,
    baseURL: baseUrl,
    fetch: await fetchThrough(proxy, redact),
    timeout: timeoutMs,
    maxRetries: retries,
    logLevel: 'off',
  });
  return {
    async ask(what, call) {
      try {
        const answer = await call(client).asResponse();
        return read(await answer.text(), answer.headers.get('content-type') ?? '');
      } catch (error) {
        const { message, status, codes } = asCloudflareError(error);
        throw new CloudflareError(
          redact(`Cloudflare, ${what}: ${message}`).slice(0, 600),
          status,
          codes,
        );
      }
    },
  };

  function read(text: string, contentType: string): Envelope {
    const body = parseJson(text);
    const parsed = envelope.safeParse(body);
    if (!parsed.success) {
      throw new CloudflareError(
        `HTTP 200 without Cloudflare's envelope (${contentType}): a proxy or a captive portal answers in its place`,
        200,
      );
    }
    if (!parsed.data.success) throw errorOf(200, body, permissions);
    return parsed.data;
  }

  function asCloudflareError(error: unknown): CloudflareError {
    if (error instanceof CloudflareError) return error;
    if (error instanceof Sdk.APIError && typeof error.status === 'number') {
      const { status, error: body } = error as { status: number; error: unknown };
      return errorOf(status, body, permissions);
    }
    const reason =
      error instanceof Sdk.APIConnectionTimeoutError
        ? `no complete answer within ${timeoutMs / 1000} s`
        : rootCause(error);
    const way = proxy === undefined ? '' : `; the request goes through ${proxy.description}`;
    return new CloudflareError(`no usable answer (${reason})${way}`);
  }
}

/**
 * What an answer holds, in the documented form.
 * @throws CloudflareError
 */
export function parse<T>(shape: z.ZodType<T>, value: unknown): T {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CloudflareError(
    "Cloudflare's answer has not the documented form; nothing is decided on it",
    200,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
