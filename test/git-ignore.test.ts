import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../lib/errors';
import { refuseTracked } from '../lib/git-ignore';
import { emptyFolder } from './keys/fixtures';

const refuse = (path: string) => () => {
  refuseTracked(path, 'a private key', 'add it to .gitignore');
};
const message = (path: string, more = '') =>
  new UserError(
    `${path}: a private key goes here, and git does not ignore it${more}: add it to .gitignore`,
  );

test('outside of a repository nothing is tracked', () => {
  expect(refuse(join(emptyFolder(), 'key'))).not.toThrow();
});

test('in one, git has to ignore the file under both of its names', () => {
  const folder = emptyFolder();
  const key = join(folder, 'key');
  execFileSync('git', ['init', '--quiet', folder]);
  expect(refuse(key)).toThrow(message(key));
  writeFileSync(join(folder, '.gitignore'), 'key\n');
  expect(refuse(key)).toThrow(message(key));
  writeFileSync(join(folder, '.gitignore'), `*\n`);
  expect(refuse(key)).not.toThrow();
});

test('a git that cannot tell is no leave', () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, '.git'));
  const key = join(folder, 'key');
  expect(refuse(key)).toThrow(message(key, ' or cannot be asked'));
});
