import { redactor } from '../../lib/dns/redact';

const SECRET = 'Zm9vYmFyLWJhei_cfut-quux0123456789abcdef';
const redact = redactor([SECRET]);

test.each([[SECRET.slice(3, 15)], [SECRET.slice(-12)], [SECRET.slice(0, 12)], [`x${SECRET}x`]])(
  'a word with %s is masked',
  (word) => {
    expect(redact(`bad ${word}, sorry`)).toBe('bad ***, sorry');
  },
);

test.each([
  SECRET.slice(0, 11),
  'HTTP',
  'https://api.cloudflare.com/client/v4',
  '&#x110000;&#1114112;',
])('a word %s is not', (word) => {
  expect(redact(`bad ${word}.`)).toBe(`bad ${word}.`);
});

test.each(['"', "'", '<', '>', ',', '(', ')', '[', ']', '{', '}', ' ', '\n'])(
  '%j ends a word',
  (end) => {
    expect(redact(`a${end}${SECRET}${end}b`)).toBe(`a${end}***${end}b`);
  },
);

test('a short secret is masked where it stands whole, an address too', () => {
  const both = redactor(['abcdefghijkl', 'me@mail.example.org']);
  expect(both('abcdefghijkl abcdefghijk ME@mail.example.org mail.example.org')).toBe(
    '*** abcdefghijk *** mail.example.org',
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

test.each([0, 1, 2, 3])('base64 is read behind %i characters that may be some too', (count) => {
  const short = redactor(['abcdefghijkl']);
  const word = `${'xyz'.slice(0, count)}${Buffer.from('abcdefghijkl').toString('base64')}`;
  expect(short(`a ${word} b`)).toBe('a *** b');
});

test.each(['', ':', '-'])('hexadecimal with "%s" in between is read', (between) => {
  const word = Buffer.from('abcdefghijkl').toString('hex').match(/../g)?.join(between) ?? '';
  expect(redactor(['abcdefghijkl'])(`a ${word} b`)).toBe('a *** b');
});

test('a secret of any length is masked', () => {
  for (let length = 1; length < 20; length++) {
    const secret = SECRET.slice(0, length);
    expect(redactor([secret])(`a (${secret}) b`)).toBe('a (***) b');
  }
});
