import { duration, readDuration } from '../../lib/formats/duration';
import { tryRule } from './rules';

const FORM = 'must be a time such as 90s, 30m, 1h30m or 7d';

tryRule(duration, {
  right: ['1s', '90s', '30m', '1h30m', '7d', '365d', '8760h', '525600m', '31536000s', '1d1h1m1s'],
  wrong: {
    '': FORM,
    '0s': 'must be 1s to 365d',
    '0d0h0m0s': 'must be 1s to 365d',
    '366d': 'must be 1s to 365d',
    '365d1s': 'must be 1s to 365d',
    '90': `${FORM}; write 90s`,
    '0': FORM,
    '99999999': FORM,
    '1h 30m': `${FORM}; write 1h30m`,
    '1h  30m': `${FORM}; write 1h30m`,
    '5M': `${FORM}; write 5m`,
    '30m1h': FORM,
    '1h90': FORM,
    '1w': FORM,
    '5ms': FORM,
    ' ': FORM,
    '1.5h': FORM,
    '1000d': FORM,
    '100000h': FORM,
    '1000000m': FORM,
    '100000000s': FORM,
    '-1s': FORM,
    '1s;': FORM,
  },
});

test.each([
  ['1d2h3m4s', 86_400 + 2 * 3600 + 3 * 60 + 4],
  ['90s', 90],
  ['2h', 7200],
  ['999d', 999 * 86_400],
  ['99999h', 99_999 * 3600],
  ['999999m', 999_999 * 60],
  ['99999999s', 99_999_999],
])('%s is %d seconds', (text, seconds) => {
  expect(readDuration(text)).toBe(seconds);
});

test.each(['', 'x', '1', 'a1s', '1sa'])('%j is no duration', (text) => {
  expect(readDuration(text)).toBeUndefined();
});
