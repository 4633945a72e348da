import { parseDuration } from '../../lib/commands/duration';

test.each([
  ['90', 90],
  ['90s', 90],
  ['5m', 300],
  ['1h30m', 5400],
])('%s is %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds * 1000);
});

test.each(['', 'm', '1m30', '-1', '1.5h', 'myth'])('%j is no duration', (text) => {
  expect(() => parseDuration(text)).toThrow(
    'A duration is expected, such as 90s, 5m or 1h; names of clusters go before --wait.',
  );
});
