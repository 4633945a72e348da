import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from './errors';

/** A file to be written whole or not at all. */
export interface WholeFile {
  readonly path: string;
  readonly content: string | Uint8Array;
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
        removeAbandoned(path);
        staged.push(staging);
        inUse.add(staging);
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
    for (const staging of staged) {
      rmSync(staging, { force: true });
      inUse.delete(staging);
    }
  }
}

/** What this process has not put in place yet. */
const inUse = new Set<string>();

/** Removes what earlier runs that were killed had staged for a file. */
function removeAbandoned(path: string): void {
  for (const name of readdirSync(dirname(path))) {
    const [, writer = '', of] = /^\.([0-9a-f]{8})[0-9a-f]{8}\.(.*)$/.exec(name) ?? [];
    const staging = join(dirname(path), name);
    if (of !== basename(path) || inUse.has(staging) || isOther(parseInt(writer, 16))) continue;
    rmSync(staging, { force: true });
  }
}

/** Whether another process of this number runs. */
function isOther(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/**
 * Where a file is on its way: the number of this process, eight hexadecimal digits by chance, and its
 * own name, so that what makes git ignore the file covers this one too. `.gitignore` has them all.
 */
export function stagingPath(path: string): string {
  const writer = process.pid.toString(16).padStart(8, '0');
  return join(dirname(path), `.${writer}${randomBytes(4).toString('hex')}.${basename(path)}`);
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The text of a file, as {@link ifThere} has it. */
export function readIfThere(file: string): string | undefined {
  return ifThere(file, () => readFileSync(file, 'utf8'));
}

/**
 * Runs a system call that reads a place.
 *
 * @returns undefined when nothing is there
 * @throws UserError with the place when the system refuses
 */
export function ifThere<T>(place: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code === 'ENOENT') return undefined;
    throw new UserError(`${place}: cannot be read (${code}); check its kind and permissions`);
  }
}

/** How a place is absent, as the end of a sentence: of a link, that it leads nowhere. */
export function absence(place: string): string {
  const isLink = lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? `is a link to ${readlinkSync(place)}, which does not exist` : 'does not exist';
}

/**
 * Runs system calls that write to a place.
 *
 * @throws UserError with the place when the system refuses
 */
export function attempt<T>(place: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw new UserError(
      code === 'EEXIST' && existsSync(place)
        ? `${place}: is there already, and was left as it is`
        : `${place}: cannot be written (${code}); check the disk, and the kind and permissions of its folder`,
    );
  }
}

/** The code of a failed system call, as `ENOENT`; undefined for any other error. */
function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  // Node's own errors, as ERR_INVALID_ARG_TYPE, have codes too: those are defects.
  return /^E[A-Z0-9]+$/.exec(String(error.code))?.[0];
}
