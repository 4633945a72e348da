import { spawnSync } from 'node:child_process';

/** Whether this machine's kernel has WireGuard: then it is what pods and peers take. */
export const inKernel =
  spawnSync('sh', ['-c', 'ip link add probe type wireguard && ip link delete probe']).status === 0;

// Set where the kernel's is what is to be tested: wireguard-go must not take its place unnoticed.
if (process.env.WIREGUARD === 'kernel' && !inKernel) {
  throw new Error('WIREGUARD=kernel, and this kernel has no WireGuard');
}
