import {
  dnsLabel,
  domainName,
  hostName,
  isHostName,
  looksNumeric,
  parseHostName,
} from '../../lib/formats/host-name';
import { tryRule } from './rules';

const LONG = 'a'.repeat(63);
const RULE = 'must be a host name: labels of 1 to 63 of a-z, 0-9 and -, 253 in all';

describe('a label', () => {
  const rule = 'must be a DNS label: 1 to 63 of a-z, 0-9 and -, with no - at the ends';
  tryRule(dnsLabel, {
    right: ['a', '0', 'a-b', 'a--b', '9z', LONG],
    wrong: {
      '': rule,
      '-a': rule,
      'a-': rule,
      [`${LONG}a`]: rule,
      Hero: `${rule}; write hero`,
      ' hero ': `${rule}; write hero`,
      'a_b c.d': `${rule}; write a-b-c-d`,
      'a _b': `${rule}; write a-b`,
      ä: rule,
      'a\n': `${rule}; write a`,
    },
  });
});

describe('a host name', () => {
  tryRule(hostName, {
    right: ['a', 'a.b', `${LONG}.b`, '1.2', 'xn--bcher-kva.example'],
    wrong: {
      '': RULE,
      'a.': 'must not end in a dot; write a',
      'A.b': `${RULE}; write a.b`,
      'bücher.example': `${RULE}; write xn--bcher-kva.example`,
      'a..b': RULE,
      '.a': RULE,
      a_b: RULE,
      '_.': 'must not end in a dot',
      [`${LONG}a.b`]: RULE,
    },
  });

  test('has 253 characters at most', () => {
    const name = [LONG, LONG, LONG, 'a'.repeat(61)].join('.');
    expect(isHostName(name)).toBe(true);
    expect(isHostName(`${name}a`)).toBe(false);
    expect(parseHostName(name)).toEqual({ value: name });
    expect(parseHostName(`${name}a`)).toEqual({ problem: RULE });
  });
});

describe('a domain name', () => {
  tryRule(domainName, {
    right: ['a.b', 'a.b2', '1.b', 'a.2b'],
    wrong: {
      a: 'must be fully qualified: a.b',
      '10.1.2.4': 'must be a host name, not an address',
      'a.2': 'must be a host name, not an address',
      'a.2.': 'must be a host name, not an address',
      '7': 'must be a host name, not an address',
      'fd00::4': 'must be a host name, not an address',
      'a.b.': 'must not end in a dot; write a.b',
      'A.b': `${RULE}; write a.b`,
    },
  });
});

test.each([
  ['10.1.2.4', true],
  ['1', true],
  ['a.12.', true],
  ['a1', false],
  ['1a', false],
  ['a.1b', false],
  ['1.a', false],
  ['a.1..', false],
])('%s has a number for its last label: %s', (host, isNumber) => {
  expect(looksNumeric(host)).toBe(isNumber);
});
