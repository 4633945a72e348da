/** Copies of the project, in which its end-to-end tests run while files are changed. */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(new URL('.', import.meta.url)), '../..');

const E2E = ['jest', '--selectProjects', 'e2e', '--runInBand'];

// The tests end with the process that started them.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

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
    const status = await new Promise((ended, failed) =>
      child.on('exit', ended).on('error', failed),
    );
    if (status === null && !child.killed) throw new Error('the tests were killed');
    return status === 0;
  }
}
