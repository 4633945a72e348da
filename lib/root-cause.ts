/** What an error says at its root, on one line: `fetch failed` says nothing, its cause does. */
export function rootCause(error: unknown): string {
  let said = 'unknown error';
  let cause = error;
  for (let depth = 0; depth < 5 && typeof cause === 'object' && cause !== null; depth++) {
    const { message, code, cause: deeper } = cause as Record<string, unknown>;
    const text = message === '' ? code : message;
    if (typeof text === 'string' && text !== '') said = text;
    cause = deeper;
  }
  return said.split('\n', 1).join('');
}
