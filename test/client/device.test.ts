import fc from 'fast-check';
import { deviceName } from '../../lib/client/device';

test.each([
  ['myth', 'myth'],
  ['production-euw1', 'production-euw1'],
  ['production-eu-west', 'production-eu-w'],
  ['production-euw-1', 'production-euw'],
])('%s alone is %s', (name, device) => {
  expect(deviceName(name)).toBe(device);
  expect(deviceName(name, ['yard', 'production-us-east'])).toBe(device);
});

test('names that would be cut to the same end in a checksum, each its own', () => {
  const [one, two] = ['production-eu-west-1', 'production-eu-west-2'];
  expect(deviceName(one, [two])).toBe('producti-f9kkqm');
  expect(deviceName(two, [one])).toBe('producti-uesrk2');
  expect(deviceName(one, ['production-eu-w'])).toBe(deviceName(one, [two]));
  expect(deviceName('production-eu-w', [one])).toMatch(/^producti-[0-9a-z]{6}$/);
});

test.each(['lo', 'all', 'default', 'con', 'com1'])('%s, which no device may have', (name) => {
  expect(deviceName(name)).toMatch(new RegExp(`^${name}-[0-9a-z]{6}$`));
});

const label = fc
  .array(fc.constantFrom('a', 'b', '-', '1'), { minLength: 1, maxLength: 24 })
  .map((characters) => `x${characters.join('')}x`);

test('no two of any names have one device, and no device is too long', () => {
  fc.assert(
    fc.property(fc.uniqueArray(label, { maxLength: 12 }), (names) => {
      const devices = names.map((name) =>
        deviceName(
          name,
          names.filter((other) => other !== name),
        ),
      );
      expect(new Set(devices).size).toBe(names.length);
      for (const device of devices) expect(device).toMatch(/^[a-z0-9][a-z0-9-]{0,13}[a-z0-9]$/);
    }),
  );
});
