import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sh } from './shell';

const POD = join(__dirname, '../../../lib/manifests/pod');
const BIN = '/run/e2e/busybox-bin';

/**
 * Runs functions of a shell file of the pod under the pod's shell, and gives the lines they print, also
 * on standard error. A script may put its own functions in the place of those that ask the network,
 * nginx or wg; `log` prints.
 *
 * @param files by path in the folder the script begins in, which is also its `$state`
 */
export function inPod(
  name: string,
  script: string,
  files: Readonly<Record<string, string>> = {},
): string[] {
  if (!existsSync(BIN)) sh(`mkdir -p ${BIN}; busybox --install -s ${BIN}`);
  const folder = mkdtempSync('/run/e2e/');
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    // What proxy.sh does when it is sourced: it asks nginx, which does not run.
    const shell = `set -u; set -- serving; exec 2>&1; state=.; log() { echo "log: $*"; }; . $0; ${script}`;
    const { stdout } = spawnSync('busybox', ['sh', '-c', shell, join(POD, name)], {
      cwd: folder,
      env: { PATH: `${BIN}:/usr/sbin:/usr/bin` },
      encoding: 'utf8',
      // Only ends what never would.
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    return stdout.split('\n').filter((line) => line !== '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
