/** Copies of the project, in which its end-to-end tests run while files are changed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(new URL('.', import.meta.url)), '../..');

const E2E = ['jest', '--selectProjects', 'e2e', '--runInBand'];

/** What `run.sh` became: it exits when the last process of the tests has gone. */
const running = new Set();
let ending = false;

/** Ends the tests first, for they write into the copies. */
async function end() {
  ending = true;
  const ended = [...running].map((child) => once(child, 'exit'));
  for (const child of running) {
    const { status } = spawnSync('pkill', ['-KILL', '--parent', String(child.pid)]);
    if (status !== 0) child.kill('SIGKILL');
  }
  await Promise.all(ended);
  process.exit(1);
}
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, () => void end());

function listed() {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const { stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  return stdout.split('\0').filter((path) => path !== '');
}

export class Copy {
  #folder = mkdtempSync(join(tmpdir(), 'pod-mutants-'));

  constructor() {
    process.on('exit', () => rmSync(this.#folder, { recursive: true }));
    for (const path of listed()) cpSync(join(root, path), join(this.#folder, path));
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  write(path, text) {
    writeFileSync(join(this.#folder, path), text);
  }

  /** Whether all tests of a file pass; the first that fails ends it. */
  async passes(name) {
    const reporter = '<rootDir>/test/mutants/first-failure.cjs';
    const child = spawn(
      'test/e2e/run.sh',
      [...E2E, `test/e2e/${name}\\.test`, '--reporters', reporter],
      { cwd: this.#folder, stdio: 'ignore', timeout: 900_000, killSignal: 'SIGKILL' },
    );
    running.add(child);
    const [status] = await once(child, 'exit');
    running.delete(child);
    if (ending) await new Promise(() => {});
    if (status === null && !child.killed) throw new Error('the tests were killed');
    return status === 0;
  }
}
