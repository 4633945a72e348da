import type { Command } from 'commander';
import { Readable } from 'node:stream';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Place {
  /** The working directory. */
  readonly folder: string;
  /** The environment, besides `PATH`. */
  readonly env?: NodeJS.ProcessEnv;
  /** What standard input holds. */
  readonly input?: string;
  /** That standard input and output are a terminal of this size. */
  readonly terminal?: { readonly columns: number; readonly rows: number };
}

/** What ends a run in the place of the process. */
class Exit extends Error {
  constructor(readonly code: number) {
    super(`exit ${code}`);
  }
}

/** Runs a command in this process, as `npm run` does in one of its own; one at a time. Ends all mocks. */
export async function run(
  command: Command,
  args: readonly string[],
  { folder, env = {}, input = '', terminal }: Place,
): Promise<Outcome> {
  const said = { out: '', err: '' };
  const hear = (stream: keyof typeof said, end: string) => (text: unknown) => {
    said[stream] += `${String(text)}${end}`;
    return true;
  };
  const before = { folder: process.cwd(), code: process.exitCode };
  jest.replaceProperty(process, 'env', { PATH: process.env['PATH'], ...env });
  jest.spyOn(process, 'stdin', 'get').mockReturnValue(stdin(input, terminal !== undefined));
  const stdout = Object.assign(Object.create(process.stdout) as typeof process.stdout, {
    isTTY: terminal !== undefined,
    ...terminal,
  });
  jest.spyOn(process, 'stdout', 'get').mockReturnValue(stdout);
  jest.spyOn(stdout, 'write').mockImplementation(hear('out', ''));
  jest.spyOn(process.stderr, 'write').mockImplementation(hear('err', ''));
  jest.spyOn(console, 'log').mockImplementation(hear('out', '\n'));
  jest.spyOn(console, 'error').mockImplementation(hear('err', '\n'));
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Exit(Number(code ?? 0));
  });
  process.chdir(folder);
  process.exitCode = undefined;
  try {
    await command.parseAsync(args, { from: 'user' });
    return { code: exitCode(), ...said };
  } catch (error) {
    if (!(error instanceof Exit)) throw error;
    return { code: error.code, ...said };
  } finally {
    process.exitCode = before.code;
    process.chdir(before.folder);
    jest.restoreAllMocks();
  }
}

function exitCode(): number {
  return Number(process.exitCode ?? 0);
}

function stdin(text: string, isTTY: boolean): typeof process.stdin {
  return Object.assign(Readable.from([text]), { isTTY }) as unknown as typeof process.stdin;
}
