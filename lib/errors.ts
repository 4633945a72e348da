/**
 * A mistake the user can mend. Its message is all that is shown: it names the value, the rule and
 * the repair, and never holds a secret.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';

  /**
   * @param message what is wrong and what to do, one or more lines
   * @param exitCode what the command ends with @default 1
   */
  constructor(
    message: string,
    readonly exitCode: number = 1,
  ) {
    super(message);
  }
}

/**
 * Runs a command's body: a {@link UserError} becomes its message on stderr and its exit code;
 * anything else is a defect and keeps its stack.
 */
export async function reportUserErrors(body: () => void | Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}
