/**
 * A mistake the user can mend. Its message is all that is shown: it names the value, the rule and
 * the repair in one or more lines, and never holds a secret.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
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
    console.error(error.message);
    process.exitCode = 1;
  }
}
