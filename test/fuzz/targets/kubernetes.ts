import child_process from 'node:child_process';
import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { findReach } from '../../../lib/client/reach';
import { myth } from '../../an-inventory';
import { harmless, scratch } from '../harmless';

const kubeconfig = join(scratch('kubernetes'), 'kubeconfig');
const inventory = myth({ kubernetes: { kubeconfig, context: 'myth' } });
const GOOD = 'contexts: [{ name: myth, context: { cluster: c } }]\nclusters: [{ name: c }]\n';

const service = {
  spec: { type: 'NodePort', ports: [{ port: 342, protocol: 'UDP', nodePort: 30342 }] },
  status: { loadBalancer: { ingress: [{ hostname: 'lb.example.org', ip: '192.0.2.7' }] } },
};

export const seeds = [
  `0${GOOD}`,
  `1${JSON.stringify(service)}`,
  '2Error from server (NotFound): services "wireguard" not found',
  '2error: You must be logged in to the server (Unauthorized)',
  '2Unable to connect to the server: x509: certificate signed by unknown authority',
];

/** The first byte says what the rest is: a kubeconfig, or what kubectl printed, where, and how it ended. */
export async function fuzz(data: Buffer): Promise<void> {
  const kind = (data[0] ?? 0) % 3;
  const text = data.subarray(1).toString();
  writeFileSync(kubeconfig, kind === 0 ? text : GOOD);
  const { spawn } = child_process;
  const fake = () => kubectl(kind === 2 ? ['', text] : [text, ''], kind === 2 ? 1 : 0);
  Object.assign(child_process, { spawn: fake });
  try {
    const reach = await harmless(() => findReach(inventory));
    if (reach && !(Number.isInteger(reach.port) && reach.port >= 1 && reach.port <= 65535))
      throw new Error(`no port: ${reach.port}`);
  } finally {
    Object.assign(child_process, { spawn });
  }
}

function kubectl([out, err]: readonly [string, string], code: number): EventEmitter {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const child = Object.assign(new EventEmitter(), { stdout, stderr, pid: undefined });
  setImmediate(() => {
    stdout.end(out);
    stderr.end(err);
    setImmediate(() => child.emit('close', code));
  });
  return child;
}
