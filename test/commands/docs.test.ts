import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../../lib/commands/docs';
import { emptyFolder } from '../keys/fixtures';
import { run } from './run';

jest.mock('../../lib/generated-docs', () => ({
  generatedFiles: () => new Map(['same', 'old', 'new'].map((file) => [file, `${file} text`])),
}));

test('what differs is written, and each file is named', async () => {
  const folder = emptyFolder();
  const same = join(folder, 'same');
  writeFileSync(same, 'same text');
  utimesSync(same, 1, 1);
  writeFileSync(join(folder, 'old'), 'old');
  expect(await run(command, [], { folder })).toEqual({
    code: 0,
    out: 'unchanged  same\nwritten  old\nwritten  new\n',
    err: '',
  });
  expect(statSync(same).mtimeMs).toBe(1000);
  for (const file of ['old', 'new']) {
    expect(readFileSync(join(folder, file), 'utf8')).toBe(`${file} text`);
  }
});
