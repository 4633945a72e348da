import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../lib/errors';
import { checkSame, checkShown, harmless, SECRET } from './harmless';

interface Target {
  readonly seeds: readonly string[];
  readonly fuzz: (data: Buffer) => Promise<void>;
}

test.each(readdirSync(join(__dirname, 'targets')))('%s takes its first inputs', async (file) => {
  const { seeds, fuzz } = (await import(`./targets/${file}`)) as Target;
  expect(seeds.length).toBeGreaterThan(2);
  for (const seed of ['', ...seeds]) await fuzz(Buffer.from(seed));
});

describe('what is a finding', () => {
  test('any error but one for the user', async () => {
    const throwing = (error: Error) =>
      harmless<string>(() => {
        throw error;
      });
    await expect(throwing(new TypeError('x is undefined'))).rejects.toThrow('x is undefined');
    await expect(throwing(new UserError(`holds ${SECRET}`))).rejects.toThrow('a secret is shown');
    expect(await throwing(new UserError('mend it'))).toBeUndefined();
  });

  test('a line that a terminal acts on, and what is not the same twice', () => {
    for (const check of [checkShown.bind(null, '\u001b[2J'), checkSame.bind(null, 'a', 'b')])
      expect(check).toThrow(/^(?:not fit to be shown|a\n\nis not)/);
  });
});
