import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { command } from '../../lib/commands/update';
import { article } from '../an-inventory';
import { emptyFolder } from '../keys/fixtures';
import { run } from './run';

jest.mock('node:child_process');

const SNAPSHOT = 'test/manifests/__snapshots__/dist.test.ts.snap';
const MANIFEST = 'dist/myth/wireguard.k8s.yaml';

let folder: string;
beforeEach(() => {
  folder = emptyFolder();
  mkdirSync(join(folder, 'inventory'));
  mkdirSync(join(folder, dirname(SNAPSHOT)), { recursive: true });
  writeFileSync(join(folder, 'inventory/myth.yaml'), stringify(article));
  writeFileSync(join(folder, SNAPSHOT), 'old');
});

/** What Jest does in the place of the real one, which a test of its own holds to the snapshot. */
function jestDoes(status: number, stderr = '', renew = () => {}): void {
  jest.mocked(spawnSync).mockImplementation(() => {
    renew();
    return { pid: 1, output: [], stdout: '', stderr, status, signal: null };
  });
}

test('to load a command runs nothing', () => {
  expect(spawnSync).not.toHaveBeenCalled();
});

test('what became of each file is said, the snapshot last', async () => {
  jestDoes(0, '', () => {
    writeFileSync(SNAPSHOT, 'new');
  });
  const first = await run(command, [], { folder });
  expect(first).toMatchObject({ code: 0, out: `${MANIFEST}: new\n${SNAPSHOT}: renewed\n` });
  expect(first.err).toMatch(/^myth: no host key yet/);
  const again = await run(command, [], { folder });
  expect(again.out).toBe(`${MANIFEST}: unchanged\n${SNAPSHOT}: unchanged\n`);
  const [program, args] = jest.mocked(spawnSync).mock.calls[0] ?? [];
  expect(program).toBe(process.execPath);
  expect(args).toEqual([
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    'unit',
    '--updateSnapshot',
    '--ci=false',
    '--',
    'test/manifests/dist.test.ts',
  ]);
});

test('a snapshot that cannot be renewed is an error, with what Jest said', async () => {
  jestDoes(1, 'Cannot find module\n');
  expect(await run(command, [], { folder })).toMatchObject({
    code: 1,
    err: expect.stringContaining(
      `${SNAPSHOT}: cannot be renewed:\nCannot find module\n`,
    ) as unknown,
  });
});

test('a stray argument is refused, and nothing is written', async () => {
  expect(await run(command, ['myth'], { folder })).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringMatching(/^error: too many arguments/) as unknown,
  });
});
