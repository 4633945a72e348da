import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import jsqr from 'jsqr';
import { PNG } from 'pngjs';
import { stringify } from 'yaml';
import { command } from '../../lib/commands/peer';
import { loadInventory } from '../../lib/inventory/load';
import { publicKeyOf } from '../../lib/keys/wireguard-key';
import { article, reachable } from '../an-inventory';
import { parseAsApp } from '../client/app-parser';
import { disguises, emptyFolder, filesBelow } from '../keys/fixtures';
import { run } from './run';

const ROOT = join(__dirname, '../..');
const KEY = 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=';

let folder: string;
beforeEach(() => {
  folder = emptyFolder();
  fs.mkdirSync(join(folder, 'inventory'));
  write({ ...article, ...reachable, key: { ...reachable.key, pubkey: KEY.replace('u', 'v') } });
});

function write(inventory: object): void {
  fs.writeFileSync(join(folder, 'inventory/myth.yaml'), stringify(inventory));
}

const peer = (...args: readonly string[]) => run(command, args, { folder });
const onTerminal = (columns: number, rows: number) =>
  run(command, ['myth', 'phone'], { folder, terminal: { columns, rows } });

const below = () => Object.fromEntries(filesBelow(folder));
const peers = () =>
  loadInventory(join(folder, 'inventory/myth.yaml')).peers.map(({ name, address, publicKey }) => [
    name,
    address.text,
    publicKey,
  ]);

test('a phone: the configuration is all of the output, and its key is nowhere else', async () => {
  const { out, err, code } = await peer('myth', 'phone', '--text');
  expect(code).toBe(0);
  expect(err).toMatch(
    /^added phone, 10\.1\.2\.10, to inventory\/myth\.yaml\nNext:\n- npm run update\n- commit inventory\/myth\.yaml and what that changed, and push\n/,
  );
  const { interface: own, peers: ends } = parseAsApp(out, 'myth');
  expect(own['address']).toBe('10.1.2.10/32');
  expect(ends).toHaveLength(1);
  const privateKey = own['privatekey'] ?? '';
  expect(peers()).toContainEqual(['phone', '10.1.2.10', publicKeyOf(privateKey)]);
  const rest = [err, ...Object.values(below())].join('\n');
  expect(disguises(privateKey).filter((form) => rest.includes(form))).toEqual([]);
});

test('on a terminal the code is all of the output', async () => {
  const { out, err, code } = await onTerminal(200, 200);
  expect(code).toBe(0);
  const lines = out.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(30);
  for (const line of lines) expect(line).toMatch(/^\S+231m[ ▀▄█]+\S+0m$/);
  expect(err).toContain(
    'Scan this with the WireGuard app of phone. It holds the private key, and is shown once:\n\n',
  );
  expect(err).toContain('\n\nNext:\n- npm run update\n');
});

test('a terminal that is too small by a column or a line is refused, and nothing is written', async () => {
  const before = below();
  const { err } = await onTerminal(10, 10);
  const [, width, height] = /takes (\d+) columns and (\d+) lines/.exec(err)?.map(Number) ?? [];
  const [columns, rows] = [width ?? NaN, height ?? NaN];
  for (const [wide, high] of [
    [columns - 1, rows],
    [columns, rows - 1],
  ] as const) {
    expect(await onTerminal(wide, high)).toEqual({
      code: 1,
      out: '',
      err: `the QR code takes ${columns} columns and ${rows} lines, and this terminal has ${wide} and ${high}: enlarge its window or shrink its font, or give --text, --png FILE or --svg FILE\n`,
    });
  }
  expect(below()).toEqual(before);
  expect((await onTerminal(columns, rows)).code).toBe(0);
});

test('an image: mode 0600, read by another library, and never over another file', async () => {
  const { out, err, code } = await peer(
    'myth',
    'phone',
    '--png',
    'phone.png',
    '--svg',
    'phone.svg',
  );
  expect([out, code]).toEqual(['', 0]);
  expect(err).toContain('wrote phone.png: it holds the private key of phone');
  for (const name of ['phone.png', 'phone.svg']) {
    expect(fs.statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  }
  const { data, width, height } = PNG.sync.read(fs.readFileSync(join(folder, 'phone.png')));
  const text = jsqr(new Uint8ClampedArray(data), width, height)?.data ?? '';
  const privateKey = parseAsApp(text, 'myth').interface['privatekey'] ?? '';
  expect(peers()).toContainEqual(['phone', '10.1.2.10', publicKeyOf(privateKey)]);

  const before = below();
  const again = await peer('myth', 'tablet', '--svg', 'tablet.svg', '--png', 'phone.png');
  expect(again).toEqual({
    out: '',
    err: 'phone.png: is there already, and was left as it is; name another file\n',
    code: 1,
  });
  expect(below()).toEqual(before);
});

test('a machine with a key of its own', async () => {
  const { out, err, code } = await peer('myth', 'yak', '--pubkey', KEY, '--address', '10.1.2.77');
  expect([out, code]).toEqual(['', 0]);
  expect(err).toContain('- give yak its configuration: `npm run --silent client -- myth yak`\n');
  expect(peers()).toContainEqual(['yak', '10.1.2.77', KEY]);
});

test('a machine with a key of its own needs no endpoint to be known', async () => {
  write(article);
  expect(await peer('myth', 'yak', '--pubkey', KEY)).toMatchObject({ code: 0 });
});

test('--remove says what is lost, and takes the name out of every list', async () => {
  const [service] = article.services[0] ?? [];
  const services = {
    0: [{ ...service, peers: ['hero', 'yen'] }],
    1: [{ ...service, name: 'alone', peers: ['yen'] }],
    2: [{ ...service, name: 'open' }],
  };
  write({ ...article, ...reachable, services, networkPolicies: [] });
  const { out, err, code } = await peer('myth', 'yen', '--remove');
  expect(code).toBe(0);
  expect(out).toMatch(/^yen, 10\.1\.2\.9, loses\n- its entry in myth, with the public key R4A0/);
  expect(out).toContain('- kubernetes, where it is taken off the list of peers\n');
  expect(out).toContain(
    '- alone, where it is the only one on the list of peers: `peers: []` lets nobody in',
  );
  expect(out).toContain('- open, which stays open to every other peer\n');
  expect(err).toContain('removed yen from inventory/myth.yaml\n');
  expect(err).toContain('service "alone": its list of peers is empty, so nobody may reach it');
  expect(peers().map(([name]) => name)).toEqual(['hero']);
});

test('--remove names the comment that goes, and the networks behind', async () => {
  const text = stringify({ ...article, ...reachable }).replace(/pubkey: R4A0.*/, '$& # the laptop');
  const file = join(folder, 'inventory/myth.yaml');
  fs.writeFileSync(file, text);
  const { out } = await peer('myth', 'yen', '--remove');
  expect(out.split('\n')).toEqual([
    'yen, 10.1.2.9, loses',
    expect.stringMatching(/^- its entry in myth, with the public key R4A0/),
    '- kubernetes, which stays open to every other peer',
    '- postgresql, which stays open to every other peer',
    '- the comment # the laptop',
    '',
  ]);
  const router = text.replace(
    /^( +)pubkey: R4A0.*/m,
    '$&\n$1allowedIPs: [10.9.0.0/24, 10.9.2.0/24]',
  );
  fs.writeFileSync(file, router);
  expect((await peer('myth', 'yen', '--remove')).out).toContain(
    '- the route to what is behind it: 10.9.0.0/24, 10.9.2.0/24\n',
  );
});

test.each<[string, object, string[], RegExp]>([
  [
    'no public key of the endpoint',
    { nodePort: 30342 },
    ['myth', 'phone', '--text'],
    /^the public key of myth is unknown: run `npm run keygen -- myth`\n$/,
  ],
  [
    'no terminal',
    reachable,
    ['myth', 'phone'],
    /^standard output is no terminal.*: run it in one, or give --text, --png FILE or --svg FILE\n$/,
  ],
  [
    'no such peer',
    reachable,
    ['myth', 'her', '--remove'],
    /^unknown peer "her"; did you mean "hero"/,
  ],
  [
    'a key and a place for one',
    reachable,
    ['myth', 'x', '--pubkey', KEY, '--text'],
    /cannot be used with/,
  ],
  [
    'one file for both',
    reachable,
    ['myth', 'x', '--png', 'x', '--svg', './x'],
    /^x: cannot be PNG and SVG/,
  ],
])('%s: nothing is written', async (_, keys, args, message) => {
  write({ ...article, ...keys });
  const before = below();
  const { out, err, code } = await peer(...args);
  expect([out, code]).toEqual(['', 1]);
  expect(err).toMatch(message);
  expect(below()).toEqual(before);
});

test('--endpoint says where to connect', async () => {
  write({ ...article, ...reachable, dns: undefined });
  const { out } = await peer('myth', 'phone', '--text', '--endpoint', '2001:db8::1');
  expect(parseAsApp(out, 'myth').peers[0]?.['endpoint']).toBe('[2001:db8::1]:30342');
});

test('an image that git would track is refused; at the top of the project git ignores it', async () => {
  spawnSync('git', ['init', '--quiet', folder]);
  const { err, code } = await peer('myth', 'phone', '--png', 'phone.png');
  expect(code).toBe(1);
  expect(err).toMatch(
    /^phone\.png: a private key goes here, and git does not ignore it: name one outside/,
  );
  fs.copyFileSync(join(ROOT, '.gitignore'), join(folder, '.gitignore'));
  expect(await peer('myth', 'phone', '--png', 'phone.png')).toMatchObject({ code: 0 });
});
