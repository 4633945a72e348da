import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { median } from './table';

/** A command with what it needs around it. */
export interface Task {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export interface Cost {
  /** From start to end of the whole process, in seconds. */
  readonly seconds: number;
  /** The most memory it held, in MiB; read from Linux' /proc, 0 elsewhere. */
  readonly mebibytes: number;
}

/**
 * Runs a task to its end.
 * @throws Error when it fails: the time of a failure is no result
 */
export function cost({ command: [program, ...args], cwd, env, input }: Task): Promise<Cost> {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env } });
    let mebibytes = 0;
    let said = '';
    const look = setInterval(() => {
      mebibytes = Math.max(mebibytes, peakOf(child.pid));
    }, 5);
    child.stdout.resume();
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(look);
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      if (code === 0) resolve({ seconds, mebibytes });
      else
        reject(new Error(`${program} ${args.join(' ')} ended with ${code ?? 'a signal'}: ${said}`));
    });
  });
}

/** The kernel keeps the high-water mark itself, so looking now and then is enough. */
function peakOf(pid?: number): number {
  try {
    const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/**
 * The median cost of each task. They take turns, so that what else the machine does meets all alike.
 */
export async function medians(tasks: readonly Task[], runs: number): Promise<Cost[]> {
  const costs = tasks.map((): Cost[] => []);
  for (let run = -1; run < runs; run++) {
    for (const [index, task] of tasks.entries()) {
      const once = await cost(task);
      if (run >= 0) costs[index]?.push(once); // the first one warms up
    }
  }
  return costs.map((list) => ({
    seconds: median(list.map(({ seconds }) => seconds)),
    mebibytes: median(list.map(({ mebibytes }) => mebibytes)),
  }));
}
