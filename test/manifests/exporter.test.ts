import type { k8s } from 'cdk8s-plus-28';
import type { PodMonitorSpec } from '../../imports/monitoring.coreos.com';
import { myth } from '../an-inventory';
import { containers, type Manifest, synthesize } from './synthesized';

const inventory = myth({ metrics: true });
let manifests: Manifest[];
let exporter: k8s.Container | undefined;
beforeAll(() => {
  manifests = synthesize(inventory);
  exporter = containers(manifests).get('exporter');
});

test('no metrics, no exporter and no PodMonitor', () => {
  const without = synthesize(myth());
  expect([...containers(without).keys()]).toEqual(['wireguard', 'nginx']);
  expect(without.map(({ kind }) => kind)).not.toContain('PodMonitor');
});

test('every flag has a value, as the exporter wants it', () => {
  const args = exporter?.args ?? [];
  const flags = new Map<string, string>();
  for (let i = 0; i < args.length; i += 2) flags.set(args[i] ?? '', args[i + 1] ?? '');
  expect(Object.fromEntries(flags)).toEqual({
    '-a': 'false', // sudo cannot work without privilege escalation
    '-l': '$(POD_IP)',
    '-p': '9586',
    '-n': '/wireguard/wg0.cfg',
  });
  expect(exporter?.env).toEqual([
    { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
  ]);
});

test('the exporter may ask the kernel, and nothing else', () => {
  expect(exporter?.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    runAsUser: 0,
    capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] },
  });
  expect(exporter?.volumeMounts?.map(({ name }) => name)).toEqual(['config', 'wireguard-state']);
});

test('a broken exporter takes no pod out of service', () => {
  expect(exporter).not.toHaveProperty('readinessProbe');
  expect(exporter).not.toHaveProperty('livenessProbe');
});

test('the PodMonitor selects the pod and a port it has', () => {
  const spec = manifests.find(({ kind }) => kind === 'PodMonitor')?.spec as PodMonitorSpec;
  expect(spec.selector.matchLabels).toEqual(inventory.labels);
  expect(spec.podMetricsEndpoints).toEqual([{ port: 'metrics', interval: '30s' }]);
  expect(exporter?.ports?.map(({ name }) => name)).toContain('metrics');
});

/** Names by public key, as `peer_entry_hashmap_try_from` of the exporter's 3.6.6 reads them. */
function exporterNames(text: string): Map<string, string | undefined> {
  const blocks: string[][] = [];
  let block: string[] | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith('[')) {
      block = line === '[Peer]' ? [] : undefined;
      if (block) blocks.push(block);
    } else if (line !== '') block?.push(line);
  }
  return new Map(blocks.map(readPeer));
}

function readPeer(lines: readonly string[]): [string, string | undefined] {
  let publicKey = '';
  let allowedIPs = '';
  let name: string | undefined;
  for (const line of lines) {
    if (/^publickey/i.test(line)) publicKey = afterEquals(line);
    else if (/^allowedips/i.test(line)) allowedIPs = afterEquals(line);
    else if (line.trim().startsWith('#')) {
      const [, key, value] = /^.([^=]*)=(.*)$/.exec(line) ?? []; // column 0 is taken for the sign
      if (key?.trim() === 'friendly_name') name = value?.trim();
    }
  }
  if (!publicKey || !allowedIPs) throw new Error(`the whole scrape fails: ${lines.join(' | ')}`);
  return [publicKey, name];
}

function afterEquals(line: string): string {
  return (line.slice(line.indexOf('=') + 1).split('#')[0] ?? '').trim();
}

describe('names', () => {
  const isNames = ([file]: [string, string]) => file.startsWith('wg0.cfg');

  /** What the exporter reads: the files of `-n`, joined by a line break. */
  function readNames(all: typeof manifests): Map<string, string | undefined> {
    const files = Object.fromEntries(all.flatMap(({ data }) => Object.entries(data ?? {})));
    const args = containers(all).get('exporter')?.args ?? [];
    const given = args.slice(args.indexOf('-n') + 1);
    const named = given.map((path) => files[path.replace('/wireguard/', '')] ?? '');
    expect(given).toHaveLength(Object.entries(files).filter(isNames).length);
    return exporterNames(named.join('\n'));
  }

  test('every peer has its name', () => {
    expect([...readNames(manifests)]).toEqual(
      inventory.peers.map(({ publicKey, name }) => [publicKey, name]),
    );
  });

  test('a preshared key and networks behind a peer do not hide its name', () => {
    const [hero] = inventory.peers;
    const router = { name: 'router', pubkey: hero?.publicKey ?? '', psk: true };
    const peers = { '10.1.2.4': { ...router, allowedIPs: ['10.8.0.0/24'] } };
    const names = readNames(synthesize(myth({ metrics: true, peers })));
    expect([...names.values()]).toEqual(['router']);
  });

  test('they are complete when they fill more than one ConfigMap', () => {
    const peers: Record<string, { name: string; pubkey: string }> = {};
    for (let i = 1; i <= 10_000; i++) {
      const key = Buffer.alloc(32);
      key.writeUInt32BE(i);
      peers[`10.9.${i >> 8}.${i & 255}`] = { name: `peer-${i}`, pubkey: key.toString('base64') };
    }
    const large = myth({ metrics: true, peers });
    expect([...readNames(synthesize(large)).values()]).toEqual(large.peers.map(({ name }) => name));
  });

  test('the file holds no key', () => {
    const files = manifests.flatMap(({ data }) => Object.entries(data ?? {}));
    const text = files
      .filter(isNames)
      .map(([, content]) => content)
      .join('');
    expect(text.match(/^(Private|Preshared)Key = .*$/gm)).toEqual([
      'PrivateKey = /wireguard-key/private-key',
    ]);
  });
});
