import { execFileSync } from 'node:child_process';
import { cpus, release } from 'node:os';
import { CHANGES } from './change';
import { BYTES, CONNECTIONS, HELD, PINGS, TRANSFERS } from './steady';

/** What was measured with, for a reader of the figures. */
export function machine(): string {
  const version = (command: string) =>
    execFileSync('sh', ['-c', `${command} 2>&1`], { encoding: 'utf8' }).split('\n', 1)[0] ?? '';
  return `Machine: ${[
    `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    `Linux ${release()}`,
    version('nginx -v').replace('nginx version: nginx/', 'nginx '),
    version('wireguard-go --version'),
    `Node ${process.version}`,
  ].join(', ')}.`;
}

/** How it was measured. */
export function method(): string {
  const count = (value: number) => value.toLocaleString('en');
  return `Method: one machine, one run, one wireguard-go tunnel from a peer to a pod, one TCP server on another host of the pod network.

- Bare tunnel: the pod forwards packets to the server, and nothing ends in it. Same ends, same hops: what differs is the proxy.
- This endpoint: the synthesized pod, unmodified.
- The article's way: nginx with its settings in the same pod; for changes a pod of its own, which every change replaces as its annotation does.
- Connections: up to ${count(CONNECTIONS)}, a line back and forth every 5 s on each; what counts is open and answered.
- Changes: ${CHANGES} times a peer and a service are added, with ${HELD} connections held; the median, and the most that were dropped. The time begins when the files change, or when the old pod is told to stop. What the cluster adds is left out on both sides: the kubelet's delay here, scheduling, pulling the image and installing packages there.
- Throughput: the median of ${TRANSFERS} transfers of ${BYTES / 1e6} MB, each on a connection of its own. Round trip: the median of ${count(PINGS)} lines of one byte. The ways take turns; in brackets the median of each turn's ratio to the bare tunnel.`;
}
