import { printable } from './printable';
import { log } from './terminal';

/**
 * A mistake the user can mend. Its message is all that is shown: it names the value, the rule and
 * the repair in one or more lines, and never holds a secret. Foreign text in it is fit to be shown.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  /** The message, a line each. */
  readonly lines: readonly string[];

  /** @param lines one or more; a line break inside one is shown as an escape */
  constructor(lines: string | readonly string[]) {
    const shown = [lines].flat().map(printable);
    super(shown.join('\n'));
    this.lines = shown;
  }
}

/**
 * Runs a command's body: a {@link UserError} becomes its message on stderr and exit code 1;
 * anything else is a defect and keeps its stack.
 */
export async function reportUserErrors(body: () => void | Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    log(...error.lines);
    process.exitCode = 1;
  }
}
