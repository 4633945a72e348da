import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { stringify } from 'yaml';

/** What a command ended with. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever that is. */
export function run(
  program: string,
  args: readonly string[],
  options: { input?: string; cwd?: string; env?: NodeJS.ProcessEnv; seconds?: number } = {},
): Promise<Outcome> {
  const { input = '', seconds = 120, ...others } = options;
  return new Promise((resolve) => {
    const settings = { ...others, timeout: seconds * 1000, maxBuffer: 2 ** 28 };
    const child = execFile(program, args, settings, (error, stdout, stderr) => {
      const code = error?.code;
      const status = error ? (typeof code === 'number' ? code : 255) : 0;
      resolve({ status, stdout, stderr: stderr || (error?.message ?? '') });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

/**
 * Standard output of `kubectl`, which asks the cluster KUBECONFIG names.
 *
 * @throws when it fails
 */
export async function kubectl(args: readonly string[], input?: string): Promise<string> {
  const { status, stdout, stderr } = await run('kubectl', args, { input });
  if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr || stdout}`);
  return stdout;
}

/** The object or list `kubectl get` finds. */
export async function get<T = Record<string, unknown>>(...args: readonly string[]): Promise<T> {
  return JSON.parse(await kubectl(['get', '-o', 'json', ...args])) as T;
}

/** Applies objects of ours, server-side. */
export async function apply(objects: readonly object[]): Promise<void> {
  const text = objects.map((object) => stringify(object, { aliasDuplicateObjects: false }));
  await kubectl(['apply', '--server-side', '-f', '-'], text.join('---\n'));
}

/** What a command in a container ended with. */
export function exec(
  namespace: string,
  pod: string,
  command: readonly string[],
  { container, input, seconds }: { container?: string; input?: string; seconds?: number } = {},
): Promise<Outcome> {
  const where = ['-n', namespace, pod, ...(container ? ['-c', container] : [])];
  const interactive = input === undefined ? [] : ['-i'];
  return run('kubectl', ['exec', ...interactive, ...where, '--', ...command], { input, seconds });
}

/** A command in a container that goes on, with its standard streams. */
export function talk(namespace: string, pod: string, command: readonly string[]): ChildProcess {
  return spawn('kubectl', ['exec', '-i', '-n', namespace, pod, '--', ...command], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
}
