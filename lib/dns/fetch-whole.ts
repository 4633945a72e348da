/** Header fields the API needs; what else the environment would add stays here. */
const SENT = [
  'accept',
  'authorization',
  'content-type',
  'user-agent',
  'x-auth-email',
  'x-auth-key',
];

/**
 * A `fetch` that answers within a time, body included: the SDK's own timeout ends with the header,
 * and a body that stalls would be waited for without end. It follows no redirect, since the
 * credential would go along.
 * @param timeoutMs for the whole exchange
 */
export function fetchWhole(timeoutMs: number): typeof fetch {
  return async (input, init) => {
    const timeout = new AbortController();
    const timer = setTimeout(() => {
      timeout.abort(new Error(`no complete answer within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    try {
      const given = new Headers(init?.headers);
      const headers = SENT.flatMap((name): [string, string][] => {
        const value = given.get(name);
        return value === null ? [] : [[name, value]];
      });
      const { signal } = timeout;
      const answer = await fetch(input, { ...init, headers, signal, redirect: 'error' });
      const body = await answer.text();
      const { status, headers: answered } = answer;
      return new Response(body === '' ? null : body, { status, headers: answered });
    } finally {
      clearTimeout(timer);
    }
  };
}
