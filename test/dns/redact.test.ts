import { redactor } from '../../lib/dns/redact';

const SECRET = 'Zm9vYmFyLWJhei_cfut-quux0123456789abcdef';
const redact = redactor([SECRET]);

test.each([[SECRET.slice(3, 15)], [SECRET.slice(-12)], [SECRET.slice(0, 12)], [`x${SECRET}x`]])(
  'a word with %s is masked',
  (word) => {
    expect(redact(`bad ${word}, sorry`)).toBe('bad ***, sorry');
  },
);

test.each([SECRET.slice(0, 11), 'HTTP', 'https://api.cloudflare.com/client/v4', '&#x110000;'])(
  'a word %s is not',
  (word) => {
    expect(redact(`bad ${word}.`)).toBe(`bad ${word}.`);
  },
);

test.each(['"', "'", '<', '>', ',', '(', ')', '[', ']', '{', '}', ' ', '\n'])(
  '%j ends a word',
  (end) => {
    expect(redact(`a${end}${SECRET}${end}b`)).toBe(`a${end}***${end}b`);
  },
);

test('a short secret is masked where it stands whole, an address too', () => {
  const both = redactor(['abcdefghijkl', 'me@example.org']);
  expect(both('abcdefghijkl abcdefghijk ME@example.org example.org')).toBe(
    '*** abcdefghijk *** example.org',
  );
});

/** The secret, so often in base64. */
const wrapped = (times: number): string =>
  times === 0 ? SECRET : Buffer.from(wrapped(times - 1)).toString('base64');

test('an encoding is seen in three others, and no further', () => {
  expect([1, 2, 3].map((times) => redact(wrapped(times)))).toEqual(['***', '***', '***']);
  expect(redact(wrapped(4))).not.toBe('***');
});

test.each(['%', '=', '\\u00', '\\x', '0x'])('escapes %s are read', (escape) => {
  const escaped = SECRET.replace(/./g, (one) => `${escape}${one.charCodeAt(0).toString(16)}`);
  expect(redact(`a ${escaped} b`)).toBe('a *** b');
});
