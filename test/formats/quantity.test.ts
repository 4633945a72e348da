import { cpu, isLess, memory } from '../../lib/formats/quantity';
import { tryRule } from './rules';

describe('processor time', () => {
  const message = 'must be a quantity of processor time such as 10m, 0.5 or 2';
  tryRule(cpu, {
    right: ['1m', '10m', '0.5', '0.001', '2', '1k'],
    wrong: {
      '0': message,
      '0m': message,
      '0.5m': message,
      '1Ki': message,
      '': message,
      x: message,
      '-1': message,
      '1.': message,
      '1.0000': message,
      '.5': message,
      a1: message,
      '1 ': message,
      '1234567890123456': message,
    },
  });
});

describe('memory', () => {
  const message = 'must be a quantity of bytes such as 15Mi, 1Gi or 500M';
  tryRule(memory, {
    right: ['1', '15Mi', '1Gi', '500M', '1k', '1Ki', '2T', '1Ti', '1G', '1.5Gi', '123456789012345'],
    wrong: {
      '15m': 'is a fraction of a byte; write 15Mi',
      '1500m': 'is a fraction of a byte; write 1500Mi',
      m: message,
      xm: message,
      '0': message,
      '0.5': message,
      '': message,
      '1mi': message,
      '1K': message,
      '1E': message,
      '1MiB': message,
    },
  });
});

test.each([
  ['999m', '1'],
  ['1', '1.001'],
  ['999', '1k'],
  ['1k', '1Ki'],
  ['1023', '1Ki'],
  ['999k', '1M'],
  ['1M', '1Mi'],
  ['1023Ki', '1Mi'],
  ['1Mi', '1G'],
  ['1G', '1Gi'],
  ['1023Mi', '1Gi'],
  ['1Gi', '1T'],
  ['1T', '1Ti'],
  ['1023Gi', '1Ti'],
])('%s is less than %s', (one, other) => {
  expect(isLess(one, other)).toBe(true);
  expect(isLess(other, one)).toBe(false);
});

test.each([
  ['1', '1000m'],
  ['1Ki', '1024'],
  ['1Mi', '1024Ki'],
  ['1Gi', '1024Mi'],
  ['1Ti', '1024Gi'],
  ['1T', '1000G'],
  ['1G', '1000M'],
  ['1M', '1000k'],
  ['1k', '1000'],
])('%s is no less and no more than %s', (one, other) => {
  expect(isLess(one, other)).toBe(false);
  expect(isLess(other, one)).toBe(false);
});

test('what is no quantity is less than nothing', () => {
  expect([isLess('x', '1'), isLess('1', 'x'), isLess('', '')]).toEqual([false, false, false]);
});
