import { chmodSync, lstatSync, readFileSync } from 'node:fs';
import { UserError } from '../errors';
import { writeWhole } from '../keys/whole-file';

/**
 * Writes a file of mode 0600, whole or not at all: killed at any moment, the old file or the new one
 * is there. A file that holds the text already is left as it is, but for its mode.
 * @returns whether the text changed
 * @throws UserError with the file's name
 */
export function writePrivate(file: string, text: string): boolean {
  if (!holds(file, text)) {
    writeWhole([{ path: file, content: text, mode: 0o600, replace: true }]);
    return true;
  }
  if ((lstatSync(file).mode & 0o777) !== 0o600) chmodSync(file, 0o600);
  return false;
}

/**
 * Whether the file is a plain one with this very text.
 * @throws UserError when it cannot be read
 */
export function holds(file: string, text: string): boolean {
  try {
    return lstatSync(file).isFile() && readFileSync(file, 'utf8') === text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new UserError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
