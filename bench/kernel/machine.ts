import { execFileSync } from 'node:child_process';
import { cpus, release } from 'node:os';
import { inKernel } from '../../test/e2e/harness/wireguard';

/** The model of processor work this runs in; undefined on a machine as it is. */
export const model = process.env.MACHINE;

/** What was measured with, for a reader of the figures. */
export function machine(): string {
  const version = (command: string) =>
    execFileSync('sh', ['-c', `${command} 2>&1`], { encoding: 'utf8' }).split('\n', 1)[0] ?? '';
  return `WireGuard: ${inKernel ? "the kernel's" : 'wireguard-go'}, Linux ${release()}. Machine: ${[
    model ?? `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    version('nginx -v').replace('nginx version: nginx/', 'nginx '),
    version('haproxy -v').replace(/^HAProxy version (\S+) .*/, 'HAProxy $1'),
  ].join(', ')}.`;
}
