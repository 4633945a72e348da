import { canonicalName, spellings } from '../../lib/formats/domain-name';

test.each([
  ['Wireguard.Adyxax.org.', 'wireguard.adyxax.org'],
  [' a.b ', 'a.b'],
  ['1.2', '1.2'],
  ['a_b.c', 'a_b.c'],
  ['*.a', '*.a'],
  ['!~.a', '!~.a'],
  ['a.b..', 'a.b.'],
  ['Bücher.example', 'xn--bcher-kva.example'],
  ['bücher.example.', 'xn--bcher-kva.example'],
  ['bücher。example。', 'xn--bcher-kva.example'],
  ['ü b', 'ü b'],
  ['', ''],
])('%j is compared as %j', (name, canonical) => {
  expect(canonicalName(name)).toBe(canonical);
});

test.each([
  ['a.b', ['a.b']],
  ['1.2', ['1.2']],
  ['xn--bcher-kva.example', ['xn--bcher-kva.example', 'bücher.example']],
  ['www.xn--bcher-kva.example', ['www.xn--bcher-kva.example', 'www.bücher.example']],
  ['axn--b.c', ['axn--b.c']],
  ['xn--', ['xn--']],
  ['xn--a', ['xn--a']],
])('%s may be stored as %j', (name, stored) => {
  expect(spellings(name)).toEqual(stored);
});
