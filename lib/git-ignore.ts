import { spawnSync } from 'node:child_process';
import { basename, dirname, resolve } from 'node:path';
import { UserError } from './errors';
import { stagingPath } from './files';
import { repositoryOf } from './repository';

/**
 * Makes sure that git ignores a secret file, also under the name it has while it is being written.
 *
 * @param what what the file is to hold
 * @throws UserError when it is inside a git repository that would track it, or git cannot tell
 */
export function refuseTracked(path: string, what: string, repair: string): void {
  const folder = dirname(resolve(path));
  if (repositoryOf(folder) === undefined) return;
  const names = [basename(path), basename(stagingPath(path))];
  const git = spawnSync('git', ['check-ignore', '--', ...names], { cwd: folder, encoding: 'utf8' });
  if (git.status === 0 && git.stdout.trim().split('\n').length === names.length) return;
  throw new UserError(
    `${path}: ${what} goes here, and git does not ignore it` +
      `${git.status === 0 || git.status === 1 ? '' : ' or cannot be asked'}: ${repair}`,
  );
}
