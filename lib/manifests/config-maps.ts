import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Inventory } from '../inventory/inventory';
import type { HostKey } from '../keys/host-key';
import { NAME } from '../names';
import { listeners } from './pod/listeners';
import { nginxCfg } from './pod/nginx-cfg';
import { scripts } from './pod/scripts';
import { wg0Cfg } from './pod/wg0-cfg';
import { wg0Ip } from './pod/wg0-ip';

/** A ConfigMap holds 1 MiB (kubernetes.io, ConfigMap): this much of it is filled with files. */
const CONFIG_MAP_BYTES = 1_000_000;

/** The ConfigMaps of a pod, and the names of the files in them. */
export interface Configuration {
  readonly configMaps: readonly k8s.KubeConfigMap[];
  readonly files: readonly string[];
}

/**
 * The files all containers have mounted. What does not fit into the ConfigMap `wireguard` goes on
 * in `wireguard-01`, `wireguard-02` ..., of which the pod mounts all into one folder.
 */
export function podConfiguration(
  scope: Construct,
  inventory: Inventory,
  hostKey?: HostKey,
): Configuration {
  const files = {
    ...scripts,
    ...(hostKey ? { 'public-key': `${hostKey.publicKey}\n` } : {}),
    ...(inventory.resolver.length > 0
      ? { 'resolv.conf': inventory.resolver.map(({ text }) => `nameserver ${text}\n`).join('') }
      : {}),
    'wg0.cfg': wg0Cfg(inventory),
    'wg0.ip': wg0Ip(inventory),
    listeners: listeners(inventory),
    'nginx.cfg': nginxCfg(inventory),
  };
  const packed = withChecksums(pack(files));
  const configMaps = packed.map(
    (data, index) =>
      new k8s.KubeConfigMap(scope, `config-map-${index}`, {
        metadata: {
          name: index === 0 ? NAME : `${NAME}-${twoDigits(index)}`,
          namespace: inventory.namespace,
          // Flux would take the shell's variables for its own.
          annotations: { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' },
        },
        data,
      }),
  );
  return { configMaps, files: packed.flatMap((data) => Object.keys(data)) };
}

/**
 * Distributes files over as few ConfigMaps as their order allows. A file that is cut goes on, from
 * the start of a line, in an entry named after it: `wg0.cfg`, `wg0.cfg.01`, `wg0.cfg.02` ...
 */
export function pack(
  files: Readonly<Record<string, string>>,
  limit: number = CONFIG_MAP_BYTES,
): Record<string, string>[] {
  let data: Record<string, string> = {};
  let room = limit;
  const packed = [data];
  for (const [file, content] of Object.entries(files)) {
    let rest = content;
    for (let part = 0; rest !== '';) {
      const piece = firstLines(rest, room);
      if (piece === '') {
        packed.push((data = {}));
        room = limit;
        continue;
      }
      data[part === 0 ? file : `${file}.${twoDigits(part)}`] = piece;
      rest = rest.slice(piece.length);
      room -= Buffer.byteLength(piece);
      part++;
    }
  }
  return packed;
}

/**
 * The kubelet updates one ConfigMap after the other. Where there are several, the first says what
 * belongs together (format: sha256sum(1)); the pod waits for the rest.
 */
function withChecksums(packed: readonly Record<string, string>[]): Record<string, string>[] {
  const [first, ...others] = packed;
  if (!first || others.length === 0) return [...packed];
  const checksums = packed
    .flatMap((data) => Object.entries(data))
    .map(([file, content]) => `${createHash('sha256').update(content).digest('hex')}  ${file}\n`);
  return [{ ...first, checksums: checksums.join('') }, ...others];
}

/** The most whole lines that fit into a number of bytes. */
function firstLines(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  const head = Buffer.from(text).subarray(0, bytes).toString();
  return head.slice(0, head.lastIndexOf('\n') + 1);
}

function twoDigits(index: number): string {
  return String(index).padStart(2, '0');
}
