import { spawn } from 'node:child_process';
import { isCredential } from '../dns/credentials';
import { UserError } from '../errors';

/** What `kubectl` came to, its output as text. */
export interface KubectlResult {
  readonly ok: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** More than any object the API server stores: etcd's limit is 1.5 MiB. */
const MAX_BYTES = 4 << 20;

/** A program that has ended, but whose child keeps its output open, is waited for as long. */
const LINGER_MS = 500;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `kubectl` with what a kubeconfig may make it run, such as a plugin that logs in. It gets none of
 * our credentials, it cannot ask anything, and all of it is killed after the time that is given.
 * @throws UserError when there is no kubectl, or when it neither ends nor stays within bounds
 */
export async function kubectl(args: readonly string[], timeoutMs: number): Promise<KubectlResult> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !isCredential(name)),
  );
  // A group of its own, so that its children can be killed with it.
  const child = spawn('kubectl', args, {
    // A user's preferences (kuberc) would change what the arguments mean.
    env: { ...env, KUBERC: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const kill = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    kill();
    process.removeListener(signal, onSignal);
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  const output = { stdout: '', stderr: '' };
  let timer: NodeJS.Timeout | undefined;
  try {
    const ok = await new Promise<boolean>((resolve, reject) => {
      const fail = (message: string): void => {
        kill();
        reject(new UserError(message));
      };
      timer = setTimeout(() => {
        fail(
          `kubectl did not end within ${timeoutMs / 1000} s and was stopped: a program that the kubeconfig ` +
            'runs may wait for a login; log in first, or pin nodePort in the inventory',
        );
      }, timeoutMs);
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (text: string) => {
          output[name] += text;
          if (output[name].length > MAX_BYTES) {
            fail(`kubectl printed more than ${MAX_BYTES >> 20} MiB and was stopped`);
          }
        });
      }
      child.on('error', ({ code }: NodeJS.ErrnoException) => {
        reject(
          new UserError(
            code === 'ENOENT'
              ? 'kubectl is not installed, or not in PATH: install it (https://kubernetes.io/docs/tasks/tools/), ' +
                  'or pin nodePort in the inventory, and no cluster is asked'
              : `kubectl cannot be run (${code ?? 'unknown error'}): check the file and its permissions`,
          ),
        );
      });
      child.on('exit', (code) => {
        setTimeout(resolve, LINGER_MS, code === 0).unref();
      });
      child.on('close', (code) => {
        resolve(code === 0);
      });
    });
    return { ok, ...output };
  } finally {
    clearTimeout(timer);
    for (const signal of SIGNALS) process.removeListener(signal, onSignal);
    child.stdout.destroy();
    child.stderr.destroy();
  }
}
