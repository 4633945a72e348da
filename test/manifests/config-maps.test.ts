import { createHash } from 'node:crypto';
import type { Inventory } from '../../lib/inventory/inventory';
import { pack } from '../../lib/manifests/config-maps';
import { myth } from '../an-inventory';
import { type Manifest, synthesize } from './synthesized';

const joined = (packed: readonly Record<string, string>[], file: string) =>
  packed
    .flatMap((data) => Object.entries(data))
    .filter(([entry]) => entry === file || entry.startsWith(`${file}.`))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, content]) => content)
    .join('');

describe('packing files into ConfigMaps', () => {
  const lines = (n: number) => Array.from({ length: n }, (_, i) => `line ${i}\n`).join('');

  test('what fits stays in one', () => {
    expect(pack({ a: 'one\n', b: 'two\n' }, 8)).toEqual([{ a: 'one\n', b: 'two\n' }]);
  });

  test('what fits does so without a last line break, too', () => {
    expect(pack({ a: '1234', b: '5678' }, 8)).toEqual([{ a: '1234', b: '5678' }]);
  });

  test('a file that is cut goes on from the start of a line', () => {
    expect(pack({ a: '12\n', b: '3456\n78\n9\n' }, 8)).toEqual([
      { a: '12\n', b: '3456\n' },
      { 'b.01': '78\n9\n' },
    ]);
  });

  test('a line that does not fit any more opens the next ConfigMap', () => {
    expect(pack({ a: '123456\n', b: '789\n' }, 8)).toEqual([{ a: '123456\n' }, { b: '789\n' }]);
  });

  test('nothing is lost, no ConfigMap is over the limit', () => {
    const files = { 'init.sh': lines(3), 'wg0.cfg': lines(500), 'nginx.cfg': `é\n${lines(40)}` };
    for (const limit of [60, 100, 999]) {
      const packed = pack(files, limit);
      for (const [file, content] of Object.entries(files)) {
        expect(joined(packed, file)).toBe(content);
      }
      for (const data of packed) {
        expect(Buffer.byteLength(Object.values(data).join(''))).toBeLessThanOrEqual(limit);
      }
    }
  });
});

test('a resolv.conf where the inventory names resolvers, and none where it does not', () => {
  const data = (inventory: Inventory) =>
    synthesize(inventory).find(({ kind }) => kind === 'ConfigMap')?.data;
  expect(data(myth({ resolver: ['10.43.0.10', 'fd00::10'] }))).toHaveProperty(
    ['resolv.conf'],
    'nameserver 10.43.0.10\nnameserver fd00::10\n',
  );
  expect(data(myth())).not.toHaveProperty(['resolv.conf']);
});

describe('an inventory of 10,000 peers and 4,000 services', () => {
  const peers: Record<string, { name: string; pubkey: string }> = {};
  for (let i = 0; i < 10_000; i++) {
    const key = Buffer.alloc(32);
    key.writeUInt32BE(i + 1);
    peers[`10.9.${i >> 8}.${i & 255}`] = { name: `peer-${i}`, pubkey: key.toString('base64') };
  }
  const dest = 'a-service-with-a-name.a-namespace-with-a-name.svc.cluster.local:5432';
  const services: Record<string, { name: string; dest: string; port: number }[]> = {};
  for (let i = 0; i < 4000; i++) services[i] = [{ name: `service-${i}`, dest, port: 5432 }];
  let manifests: Manifest[];
  let maps: Manifest[];
  beforeAll(() => {
    const inventory = myth({ network: '10.1.0.0/20', peers, services, networkPolicies: [] });
    manifests = synthesize(inventory);
    maps = manifests.filter(({ kind }) => kind === 'ConfigMap');
  });

  test('takes several ConfigMaps of less than 1 MiB, all of them mounted', () => {
    expect(maps.length).toBeGreaterThan(2);
    expect(maps.slice(0, 3).map(({ metadata }) => metadata.name)).toEqual([
      'wireguard',
      'wireguard-01',
      'wireguard-02',
    ]);
    for (const { data } of maps) {
      expect(Buffer.byteLength(Object.values(data ?? {}).join(''))).toBeLessThan(1 << 20);
    }
    const { template } = manifests.find(({ kind }) => kind === 'StatefulSet')?.spec as {
      template: { spec: { volumes: { name: string; projected?: object }[] } };
    };
    const config = template.spec.volumes.find(({ name }) => name === 'config');
    expect(config?.projected).toEqual({
      sources: maps.map(({ metadata }) => ({ configMap: { name: metadata.name } })),
    });
  });

  test('the first has the checksum of every file', () => {
    const files = Object.assign({}, ...maps.map(({ data }) => data)) as Record<string, string>;
    const { checksums = '', ...others } = files;
    expect(checksums.trim().split('\n').sort()).toEqual(
      Object.entries(others)
        .map(([f, text]) => `${createHash('sha256').update(text).digest('hex')}  ${f}`)
        .sort(),
    );
    expect(maps[0]?.data).toHaveProperty('checksums');
  });

  test('one that fits into one ConfigMap needs no checksums, and can be edited by hand', () => {
    const [map] = synthesize(myth()).filter(({ kind }) => kind === 'ConfigMap');
    expect(map?.data).not.toHaveProperty('checksums');
  });
});
