import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors';

/** A file to be written whole or not at all. */
export interface WholeFile {
  readonly path: string;
  readonly content: string;
  /** Permissions, less the umask. */
  readonly mode: number;
  /** Whether it may take the place of another. @default false */
  readonly replace?: boolean;
}

/**
 * Writes files in the order given. All of them are on the disk beside their places, under other
 * names, before the first is put in place; a crash leaves each file as it was or as it should be.
 *
 * @throws UserError when a file is there that may not be replaced, or the disk refuses
 */
export function writeWhole(files: readonly WholeFile[]): void {
  const staged: string[] = [];
  try {
    const moves = files.map(({ path, content, mode, replace }) => {
      const staging = stagingPath(path);
      attempt(path, () => {
        mkdirSync(dirname(path), { recursive: true });
        staged.push(staging);
        writeFileSync(staging, content, { flag: 'wx', mode, flush: true });
      });
      // Unlike rename(2), link(2) never takes another file's place.
      return { path, staging, move: replace ? renameSync : linkSync };
    });
    for (const { path, staging, move } of moves) {
      attempt(path, () => {
        move(staging, path);
        syncFolder(dirname(path));
      });
    }
  } finally {
    for (const staging of staged) rmSync(staging, { force: true });
  }
}

/** The name keeps its ending, so that what makes git ignore the file covers this one too. */
export function stagingPath(path: string): string {
  return join(dirname(path), `.${randomBytes(6).toString('hex')}.${basename(path)}`);
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function attempt(path: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    const taken = code === 'EEXIST' && existsSync(path);
    throw new UserError(
      `${path}: ${taken ? 'is there already, and was left as it is' : `cannot be written (${code})`}`,
    );
  }
}

/** The code of a failed system call, as `ENOENT`; undefined for any other error. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return String(error.code);
}
