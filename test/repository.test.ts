import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryOf, upwards } from '../lib/repository';
import { emptyFolder } from './keys/fixtures';

test('upwards is from a folder to the root', () => {
  expect(upwards('/a/b')).toEqual(['/a/b', '/a', '/']);
  expect(upwards('/')).toEqual(['/']);
  expect(upwards('.')[0]).toBe(process.cwd());
});

test('a repository is the nearest that is in or above a folder; a worktree has a file', () => {
  const outer = emptyFolder();
  const inner = join(outer, 'a/b');
  mkdirSync(inner, { recursive: true });
  expect(repositoryOf(inner)).toBeUndefined();
  mkdirSync(join(outer, '.git'));
  expect(repositoryOf(inner)).toBe(outer);
  writeFileSync(join(inner, '.git'), '');
  expect(repositoryOf(inner)).toBe(inner);
});
