import { chmodSync, lstatSync } from 'node:fs';
import { attempt, ifThere, readIfThere, writeWhole } from '../files';

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
  if ((lstatSync(file).mode & 0o777) !== 0o600)
    attempt(file, () => {
      chmodSync(file, 0o600);
    });
  return false;
}

/**
 * Whether the file is a plain one with this very text.
 * @throws UserError when it cannot be read
 */
export function holds(file: string, text: string): boolean {
  const isPlain = ifThere(file, () => lstatSync(file))?.isFile();
  return isPlain === true && readIfThere(file) === text;
}
