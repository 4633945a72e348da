import { UserError } from '../errors';

/** What authenticates us to Cloudflare: exactly one of the two is sent. */
export type Credentials =
  { readonly apiToken: string } | { readonly apiEmail: string; readonly apiKey: string };

/** No credential is set at all; a plan can still say what is wanted. */
export class MissingCredentials extends UserError {}

/** Where Cloudflare's API is. */
const CLOUDFLARE_API = 'https://api.cloudflare.com/client/v4';

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Takes the variables `CLOUDFLARE_*` out of an environment, so that no program which is started later
 * inherits them: a kubeconfig may run any.
 * @returns the environment as it was
 */
export function takeCredentials(env: NodeJS.ProcessEnv = process.env): Environment {
  const before = { ...env };
  for (const name of Object.keys(env)) if (isCredential(name)) Reflect.deleteProperty(env, name);
  return before;
}

/** Whether a variable may hold a credential of this project. */
export function isCredential(name: string): boolean {
  return name.startsWith('CLOUDFLARE_');
}

/** The least that the token needs, for messages. */
export function permissionsFor(zone: string): string {
  return `the permissions "Zone.DNS Edit" and "Zone.Zone Read", limited to the zone ${zone}`;
}

/**
 * Reads `CLOUDFLARE_API_TOKEN`, or else `CLOUDFLARE_EMAIL` with `CLOUDFLARE_API_KEY`, and checks
 * their form before anything is sent: a newline in a token would put it in an error of `fetch`.
 * @throws {@link MissingCredentials} when none is set
 * @throws UserError when one is malformed or half of a pair; the message never holds a value
 */
export function readCredentials(zone: string, env: Environment = process.env): Credentials {
  const token = env['CLOUDFLARE_API_TOKEN']?.trim() ?? '';
  const email = env['CLOUDFLARE_EMAIL']?.trim() ?? '';
  const key = env['CLOUDFLARE_API_KEY']?.trim() ?? '';
  const advice = `create an API token with ${permissionsFor(zone)}, and put it in CLOUDFLARE_API_TOKEN`;

  if (token !== '') {
    if (GLOBAL_KEY.test(token)) {
      throw new UserError(
        'CLOUDFLARE_API_TOKEN has the form of a global API key, which is no token: ' +
          `${advice}; or set CLOUDFLARE_API_KEY and CLOUDFLARE_EMAIL`,
      );
    }
    if (!SECRET.test(token)) {
      throw new UserError(
        'CLOUDFLARE_API_TOKEN is malformed: a token has 20 or more letters, digits, "-" and "_", ' +
          'without "Bearer", quotes or spaces; copy it again',
      );
    }
    return { apiToken: token };
  }
  if (key === '' && email === '') {
    throw new MissingCredentials(`no Cloudflare credentials: ${advice}`);
  }
  if (email === '') {
    throw new UserError(
      `CLOUDFLARE_API_KEY is set without CLOUDFLARE_EMAIL: set the account's e-mail address; better, ${advice} ` +
        '(the global key opens the whole account)',
    );
  }
  if (key === '') {
    throw new UserError(`CLOUDFLARE_EMAIL is set without CLOUDFLARE_API_KEY; better, ${advice}`);
  }
  if (!SECRET.test(key)) {
    throw new UserError(
      'CLOUDFLARE_API_KEY is malformed: a key has 20 or more letters, digits, "-" and "_"; copy it again',
    );
  }
  if (!/^[\x21-\x7e]+@[\x21-\x7e]+$/.test(email)) {
    throw new UserError(
      'CLOUDFLARE_EMAIL is malformed: an e-mail address without spaces is expected',
    );
  }
  return { apiEmail: email, apiKey: key };
}

const SECRET = /^[A-Za-z0-9_-]{20,}$/;
const GLOBAL_KEY = /^[0-9a-f]{37}$/;

/**
 * The API's address: `CLOUDFLARE_BASE_URL`, or Cloudflare's own. Plain http is for loopback alone,
 * since the credential goes there.
 */
export function readBaseUrl(env: Environment = process.env): string {
  const text = env['CLOUDFLARE_BASE_URL']?.trim() ?? '';
  if (text === '') return CLOUDFLARE_API;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = url !== undefined && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)) {
    if (url.username === '' && url.password === '' && url.search === '' && url.hash === '') {
      return url.href.replace(/\/$/, '');
    }
  }
  throw new UserError(
    'CLOUDFLARE_BASE_URL must be an https address (http on loopback alone) without a user, query ' +
      `or fragment; unset it to use ${CLOUDFLARE_API}`,
  );
}

/** `CLOUDFLARE_ZONE_ID`, for tokens that may not list zones. */
export function readZoneId(env: Environment = process.env): string | undefined {
  const id = env['CLOUDFLARE_ZONE_ID']?.trim() ?? '';
  if (id === '') return undefined;
  if (/^[0-9a-f]{32}$/.test(id)) return id;
  throw new UserError(
    "CLOUDFLARE_ZONE_ID is malformed: 32 hexadecimal digits are expected, as the zone's overview page " +
      'shows them',
  );
}
