import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join, basename } from 'node:path';
import { UserError } from '../errors';

/**
 * Writes a file of mode 0600, whole or not at all: a new file in the same folder takes the old
 * one's place when it is complete and on disk. A file that holds the text already is left as it is,
 * but for its mode.
 * @returns whether the text changed
 * @throws UserError with the file's name
 */
export function writeWhole(file: string, text: string): boolean {
  const fresh = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`);
  try {
    if (holds(file, text)) {
      chmodSync(file, 0o600);
      return false;
    }
    // The mode of `open` holds for a new file alone, and is reduced by the umask.
    const descriptor = openSync(fresh, 'wx', 0o600);
    try {
      writeSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    chmodSync(fresh, 0o600);
    renameSync(fresh, file);
    return true;
  } catch (error) {
    rmSync(fresh, { force: true });
    throw new UserError(`${file} could not be written: ${(error as Error).message}`);
  }
}

/** Whether the file is a plain one with this very text. */
export function holds(file: string, text: string): boolean {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  return stat?.isFile() === true && readFileSync(file, 'utf8') === text;
}
