import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../lib/errors';
import { printable } from '../../lib/printable';

/** A folder for the file that a target reads, the same for every run. */
export function scratch(target: string): string {
  const folder = join('node_modules/.cache/fuzz', target, 'scratch');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Stands where a secret would: no message may hold it. */
export const SECRET = 'cfut_Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE';

/**
 * Runs what reads foreign text. It may succeed or end with an error for the user, and nothing else.
 *
 * @returns undefined after an error
 * @throws whatever is a defect
 */
export async function harmless<T>(read: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const line of error.lines) checkShown(line);
    return undefined;
  }
}

/** @throws for a line that a terminal would act on, or that tells a secret */
export function checkShown(line: string): void {
  if (line.includes(SECRET)) throw new Error('a secret is shown');
  if (printable(line) !== line) throw new Error(`not fit to be shown: ${JSON.stringify(line)}`);
}

/** @throws when two ways to the same are not the same */
export function checkSame(one: string, other: string): void {
  if (one !== other) throw new Error(`${one}\n\nis not\n\n${other}`);
}
