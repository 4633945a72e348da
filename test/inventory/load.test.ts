import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../lib/errors';
import { loadInventories, loadInventory } from '../../lib/inventory/load';
import { faultsOf } from './faults';

const good = 'network: 10.1.3.16/28\npeers: {}\nservices: {}\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'inventory-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

describe('loadInventories', () => {
  it('sorts by cluster and reads only .yaml and .yml', () => {
    for (const name of ['b.yaml', 'a-b.yml', 'a.yaml']) write(name, good);
    for (const name of ['.sops.yaml', 'schema.json', 'b.yaml~', 'README.md']) write(name, '{');
    expect(loadInventories(folder).map(({ cluster }) => cluster)).toEqual(['a', 'a-b', 'b']);
  });

  it('says the faults of every file', () => {
    write('b.yaml', `${good}mtu: 1\nnodePort: 0\n`);
    write('a.yaml', 'a: 1\na: 2\n');
    expect(faultsOf(() => loadInventories(folder))).toEqual([
      `${folder}/a.yaml:2:1: "a": stands in this mapping already; remove one`,
      `${folder}/b.yaml:4:6: mtu: 1: must be 1280 to 65456`,
      `${folder}/b.yaml:5:11: nodePort: 0: must be 1 to 65535`,
    ]);
  });

  it('refuses two files of one cluster', () => {
    write('a.yaml', good);
    write('a.yml', good);
    expect(faultsOf(() => loadInventories(folder))).toEqual([
      `${folder}/a.yml:1:1: "a" is described by ${folder}/a.yaml too; remove one of them`,
    ]);
  });

  it('reads the named ones alone', () => {
    write('a.yaml', good);
    write('b.yml', 'mtu: 1');
    expect(loadInventories(folder, ['a']).map(({ cluster }) => cluster)).toEqual(['a']);
    expect(() => loadInventories(folder, ['home'])).toThrow(
      new UserError('unknown cluster "home". There are: a, b'),
    );
  });

  it('refuses two that make one DNS record', () => {
    const dns = (name: string, zone: string) =>
      `${good}dns: { zone: ${zone}, name: ${name}, target: a.example.org }\n`;
    write('a.yaml', dns('vpn.eu', 'example.org'));
    write('b.yaml', dns('vpn', 'eu.example.org'));
    write('c.yaml', dns('vpn', 'example.org'));
    expect(faultsOf(() => loadInventories(folder))).toEqual([
      `${folder}/b.yaml:4:36: dns.name: "vpn": makes the record vpn.eu.example.org, which ${folder}/a.yaml makes too; choose another`,
    ]);
    expect(loadInventories(folder, ['b', 'c'])).toHaveLength(2);
  });

  it('says what to do when there is no inventory', () => {
    expect(() => loadInventories(folder)).toThrow(
      `${folder}: has no inventory; write one as ${folder}/<cluster>.yaml`,
    );
    expect(() => loadInventories(join(folder, 'none'))).toThrow(
      new UserError(`${folder}/none: does not exist; create it`),
    );
  });
});

describe('loadInventory', () => {
  it('takes a kubeconfig as relative to the file', () => {
    write('a.yaml', `${good}kubernetes: { kubeconfig: ../k, context: a }\n`);
    expect(loadInventory(join(folder, 'a.yaml')).kubernetes?.kubeconfig).toBe(
      join(folder, '..', 'k'),
    );
  });

  it('reads what a command prints as JSON', () => {
    write('a.json', JSON.stringify({ network: 'fd00::/64', peers: {}, services: {} }, null, '\t'));
    expect(loadInventory(join(folder, 'a.json'))).toMatchObject({ cluster: 'a' });
  });

  it('reads Windows line ends and a byte order mark', () => {
    write('a.yaml', `\ufeff${good.replaceAll('\n', '\r\n')}mtu: 1\r\n`);
    expect(faultsOf(() => loadInventory(join(folder, 'a.yaml')))).toEqual([
      `${folder}/a.yaml:4:6: mtu: 1: must be 1280 to 65456`,
    ]);
  });

  it('is a user error where there is nothing to read', () => {
    expect(() => loadInventory(join(folder, 'a.yaml'))).toThrow(UserError);
    mkdirSync(join(folder, 'b.yaml'));
    expect(() => loadInventory(join(folder, 'b.yaml'))).toThrow(/EISDIR/);
  });

  it.each([
    ['flow lists', `${good}x: ${'['.repeat(50_000)}`],
    ['block lists', `${good}x:\n ${'- '.repeat(50_000)}1`],
    ['keys', `${good}? ${'? '.repeat(50_000)}1`],
  ])('refuses %s nested without end', (_, text) => {
    write('a.yaml', text);
    expect(faultsOf(() => loadInventory(join(folder, 'a.yaml')))).toEqual([
      expect.stringMatching(/a\.yaml:\d+:\d+: is nested more than 50 levels deep/),
    ]);
  });

  it('says where a link leads that leads nowhere, beside the faults of other files', () => {
    symlinkSync('../gone.yaml', join(folder, 'a.yaml'));
    write('b.yaml', `${good}mtu: 1\n`);
    expect(faultsOf(() => loadInventories(folder))).toEqual([
      `${folder}/a.yaml: is a link to ../gone.yaml, which does not exist; create it`,
      `${folder}/b.yaml:4:6: mtu: 1: must be 1280 to 65456`,
    ]);
  });

  it.each([
    ['ESC', '\u001b[2J', '001B'],
    ['BEL', '\u0007', '0007'],
    ['NUL', '\0', '0000'],
    ['a C1 control', '\u009b', '009B'],
    ['next line', '\u0085', '0085'],
    ['delete', '\u007f', '007F'],
    ['a carriage return alone', '\rx', '000D'],
    ['two carriage returns', '\r\r\n', '000D'],
    ['a right-to-left override', '\u202e', '202E'],
    ['a right-to-left mark', '\u200f', '200F'],
    ['an Arabic letter mark', '\u061c', '061C'],
    ['an isolate', '\u2066', '2066'],
    ['a line separator', '\u2028', '2028'],
    ['a paragraph separator', '\u2029', '2029'],
    ['a byte order mark inside', '\ufeff', 'FEFF'],
    ['a tag', '\u{e0041}', 'E0041'],
  ])('refuses %s in a comment, a key and a text', (_, hidden, code) => {
    const line = `holds the invisible character U+${code}, which may show something else than is read; remove it`;
    write('a.yaml', `${good}# see${hidden}below\nla${hidden}bels: {}\nnamespace: "v${hidden}pn"\n`);
    expect(faultsOf(() => loadInventory(join(folder, 'a.yaml')))).toEqual([
      `${folder}/a.yaml:4:6: ${line}`,
      expect.stringMatching(/a\.yaml:\d:3: holds the invisible/),
      expect.stringMatching(/a\.yaml:\d+:14: holds the invisible/),
    ]);
  });

  it('takes letters of any script, tabs in comments, and emoji', () => {
    write('a.yaml', `# \tåß漢字 עברית العربية हिन्दी 👩‍👩‍👧\r\n${good}`);
    expect(loadInventory(join(folder, 'a.yaml'))).toMatchObject({ cluster: 'a' });
  });

  it.each(['utf16le', 'latin1'] as const)('says what to do with %s', (encoding) => {
    writeFileSync(join(folder, 'a.yaml'), Buffer.from(`\ufeff# ü\n${good}`, encoding));
    expect(faultsOf(() => loadInventory(join(folder, 'a.yaml')))).toEqual([
      expect.stringMatching(/a\.yaml:1:\d: is .*; save the file as UTF-8$/),
    ]);
  });

  it('shows the name of a file and a cluster without what a terminal acts on', () => {
    write('a\u001b[31m\u0007.yaml', `${good}mtu: 1\n`);
    const lines = faultsOf(() => loadInventories(folder));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('a\\u{1b}[31m\\u{7}.yaml:1:1: ');
  });

  it('refuses an alias of what it stands in', () => {
    write('a.yaml', `${good}labels: &l { app: *l }\n`);
    expect(faultsOf(() => loadInventory(join(folder, 'a.yaml')))).toEqual([
      `${folder}/a.yaml:4:19: labels.app: a mapping: must be text`,
    ]);
  });

  it('shows the place of a fault behind an alias', () => {
    write(
      'a.yaml',
      `network: 10.1.3.16/28\npeers: {}\nservices:\n  1: &s [{ name: A, dest: a.b:1, port: 1 }]\n  2: *s\n`,
    );
    expect(faultsOf(() => loadInventory(join(folder, 'a.yaml')))).toEqual([
      expect.stringMatching(/a\.yaml:4:18: services\.1\[0\]\.name: "A": must be a DNS label/),
      expect.stringMatching(/a\.yaml:4:18: services\.2\[0\]\.name: "A": must be a DNS label/),
    ]);
  });
});
