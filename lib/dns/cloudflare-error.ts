import { z } from 'zod';
import { UserError } from '../errors';

/** A request to Cloudflare that failed. Its message holds no secret. */
export class CloudflareError extends UserError {
  /**
   * @param status HTTP status; absent: no answer, or none that could be read
   * @param codes Cloudflare's error codes, those of `error_chain` included
   */
  constructor(
    message: string,
    readonly status?: number,
    readonly codes: readonly number[] = [],
  ) {
    super(message);
  }

  /**
   * A write may have been carried out all the same, or the record is not as it was planned for: only
   * reading it again tells.
   */
  get isUncertain(): boolean {
    const { status, codes } = this;
    const isTransient =
      status === undefined || [200, 408, 409, 429].includes(status) || status >= 500;
    return isTransient || codes.some((code) => CONFLICTS.has(code));
  }
}

/** The name is taken (81053 to 81058), or the record is gone (81044). */
const CONFLICTS = new Set([81044, 81053, 81054, 81055, 81056, 81057, 81058]);

/** An entry of `errors`; for validation errors the useful text is in `error_chain` alone. */
const apiError = z.object({
  code: z.number().catch(0),
  message: z.string().catch(''),
  error_chain: z.array(z.object({ code: z.number(), message: z.string() })).catch([]),
});

/** What every answer of the API is wrapped in. */
export const envelope = z.object({
  success: z.boolean(),
  result: z.unknown(),
  errors: z.array(apiError).catch([]),
  result_info: z.object({ total_count: z.number().optional() }).nullish().catch(undefined),
});

export type Envelope = z.infer<typeof envelope>;

/** The error an answer tells of. @param permissions what the credential needs */
export function errorOf(status: number, body: unknown, permissions: string): CloudflareError {
  const parsed = z.object({ errors: z.array(apiError) }).safeParse(body);
  const errors = parsed.success
    ? parsed.data.errors.flatMap(({ code, message, error_chain }) => [
        { code, message },
        ...error_chain,
      ])
    : [];
  const said = errors.map(({ code, message }) => `${message.replace(/\.$/, '')} (${code})`);
  const codes = errors.map(({ code }) => code);
  const text = [`HTTP ${status}`, ...said].join(', ');
  const hint = hintFor(status, codes, text, permissions);
  return new CloudflareError(hint === undefined ? text : `${text}: ${hint}`, status, codes);
}

function hintFor(
  status: number,
  codes: readonly number[],
  text: string,
  permissions: string,
): string | undefined {
  const has = (...wanted: number[]): boolean => wanted.some((code) => codes.includes(code));
  if (text.includes('com.cloudflare.api.account.zone.list')) {
    return 'this token may not look zones up; set CLOUDFLARE_ZONE_ID, or grant "Zone.Zone Read"';
  }
  if (has(6003, 6111)) return 'the credential is malformed; copy it again';
  if (status === 401 || status === 403 || has(9109, 10000)) {
    return `the credential is invalid or expired, or lacks ${permissions}`;
  }
  if (has(81045)) return 'the zone holds as many records as its plan allows; remove some';
  if (has(81044)) return undefined;
  if (has(9007)) return 'check dns.target in the inventory';
  if (has(7000, 7003) || status === 404) return 'check CLOUDFLARE_ZONE_ID and CLOUDFLARE_BASE_URL';
  if (status === 429) return 'too many requests; run the command again later';
  return undefined;
}
