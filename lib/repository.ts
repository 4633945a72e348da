import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The folder and those above it, the nearest first. */
export function upwards(folder: string): string[] {
  const at = resolve(folder);
  return at === dirname(at) ? [at] : [at, ...upwards(dirname(at))];
}

/** Root of the git repository that a folder is in; undefined outside of any. */
export function repositoryOf(folder: string): string | undefined {
  return upwards(folder).find((at) => existsSync(join(at, '.git')));
}
