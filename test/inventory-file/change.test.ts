import fs from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { applyChange, peerAddition, peerRemoval } from '../../lib/inventory-file/change';
import { article } from '../an-inventory';
import { emptyFolder, filesBelow } from '../keys/fixtures';

const KEY = 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=';
const phone = { name: 'phone', publicKey: KEY };

let folder: string;
let file: string;
beforeEach(() => {
  folder = emptyFolder();
  file = join(folder, 'myth.yaml');
  fs.writeFileSync(file, stringify(article));
});

const content = (): string => fs.readFileSync(file, 'utf8');

test('adds a peer beside the others, and removes it again', () => {
  const before = content();
  applyChange(peerAddition(file, phone));
  expect(content()).toContain('10.1.2.10:');
  applyChange(peerRemoval(file, 'phone'));
  expect(content()).toBe(before);
});

test('a change knows the inventory before and after it', () => {
  const { before, after } = peerAddition(file, { ...phone, address: '10.7.7.7' });
  expect(before.peers.map(({ name }) => name)).toEqual(['hero', 'yen']);
  expect(after.peers.map(({ address }) => address.text)).toContain('10.7.7.7');
});

test('nothing is written before it is applied', () => {
  const before = content();
  peerAddition(file, phone);
  peerRemoval(file, 'hero');
  expect(content()).toBe(before);
});

test.each(['\uFEFF', ''])('the bytes around it stay, with %j at the beginning', (mark) => {
  fs.writeFileSync(file, `${mark}${stringify(article).replaceAll('\n', '\r\n')}`);
  const before = content();
  applyChange(peerAddition(file, phone));
  expect(content().match(/(?<!\r)\n/)).toBeNull();
  applyChange(peerRemoval(file, 'phone'));
  expect(content()).toBe(before);
});

test('permissions stay, whatever the umask', () => {
  const umask = process.umask(0o077);
  try {
    fs.chmodSync(file, 0o664);
    applyChange(peerAddition(file, phone));
  } finally {
    process.umask(umask);
  }
  expect((fs.statSync(file).mode & 0o777).toString(8)).toBe('664');
});

test('a link stays one', () => {
  const target = join(emptyFolder(), 'elsewhere.yaml');
  fs.renameSync(file, target);
  fs.symlinkSync(target, file);
  applyChange(peerAddition(file, phone));
  expect(fs.lstatSync(file).isSymbolicLink()).toBe(true);
  expect(fs.readFileSync(target, 'utf8')).toContain('phone');
});

test('two changes at once: the second is told, and writes nothing', () => {
  const [one, other] = [
    peerAddition(file, phone),
    peerAddition(file, { ...phone, name: 'tablet' }),
  ];
  applyChange(one);
  const before = content();
  expect(() => {
    applyChange(other);
  }).toThrow(/was changed just now, and was left so; run the command again/);
  expect(content()).toBe(before);
});

test('a file beside it that cannot be written leaves it as it was', () => {
  const before = content();
  const image = { path: file, content: 'x', mode: 0o600 };
  expect(() => {
    applyChange(peerAddition(file, phone), [image]);
  }).toThrow(/is there already/);
  expect(Object.fromEntries(filesBelow(folder))).toEqual({ 'myth.yaml': before });
});

test.each([
  [{ name: 'hero' }, /has a peer "hero" already, at 10\.1\.2\.4; choose another name/],
  [{ name: 'My_Phone' }, /^the name "My_Phone" must be a DNS label.*write my-phone$/],
  [{ publicKey: 'x' }, /^the public key "x" must be a WireGuard key/],
  [{ address: '10.1.2.300' }, /^the address "10\.1\.2\.300" is not an IP address/],
  [{ address: '10.1.2.7/32' }, /without the prefix length/],
  [
    { address: '10.1.3.17' },
    /left as it is: with this change it would be at fault\n.*overlaps the network/,
  ],
  [{ address: '10.1.2.4' }, /would be at fault/],
  [
    { publicKey: article.peers['10.1.2.4']?.pubkey ?? '' },
    /would be at fault\n.*is the public key of/,
  ],
])('a peer with %j is refused', (changes, message) => {
  const before = content();
  expect(() => peerAddition(file, { ...phone, ...changes })).toThrow(message);
  expect(content()).toBe(before);
});

test.each([
  ['a faulty inventory', 'network: x\npeers: {}\nservices: {}\n', /myth\.yaml:1:10: network: "x"/],
  [
    'bytes that are no UTF-8',
    Buffer.from([...Buffer.from(stringify(article)), 35, 0xff, 10]),
    /UTF-8/,
  ],
])('%s is refused', (_, bytes, message) => {
  fs.writeFileSync(file, bytes);
  expect(() => peerAddition(file, phone)).toThrow(message);
  expect(() => peerRemoval(file, 'hero')).toThrow(message);
});

test('no free address is a sentence', () => {
  fs.writeFileSync(file, 'network: 203.0.113.0/24\npeers: {}\nservices: {}\n');
  expect(() => peerAddition(file, phone)).toThrow(/is free; choose one with --address/);
});
