import fs from 'node:fs';
import { join } from 'node:path';
import { clientConfiguration } from '../../lib/client/configuration';
import { type ClientFormat, clientFiles } from '../../lib/client/client-files';
import { type SavedTunnel, saveTunnels } from '../../lib/client/save';
import { tunnelOf } from '../../lib/client/tunnel';
import { aPeer, anInventory } from '../an-inventory';
import { emptyFolder, filesBelow } from '../keys/fixtures';

const KEY = 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=';

let folder: string;
beforeEach(() => {
  folder = emptyFolder();
});

function saved(name = 'hero', cluster = 'myth', format: ClientFormat = 'wg-quick'): SavedTunnel {
  const inventory = anInventory({ cluster });
  const peer = { ...aPeer('hero'), name };
  const configuration = clientConfiguration(inventory, KEY, { port: 30342, endpoint: 'a.example' });
  const tunnel = tunnelOf(inventory, peer, configuration, 'myth');
  return { folder: join(folder, name), tunnel, files: clientFiles(tunnel, format) };
}

const below = () => Object.fromEntries(filesBelow(folder));
const place = (name: string): string => join(folder, name);
const write = (name: string, text: string): void => {
  fs.mkdirSync(join(folder, 'hero'), { recursive: true });
  fs.writeFileSync(place(name), text);
};

test('writes what is new, mode 0600, and leaves the rest', () => {
  expect(saveTunnels([saved(), saved('yen')])).toEqual([
    { file: place('hero/myth.conf'), state: 'written' },
    { file: place('yen/myth.conf'), state: 'written' },
  ]);
  fs.chmodSync(place('hero/myth.conf'), 0o644);
  expect(saveTunnels([saved()])).toEqual([{ file: place('hero/myth.conf'), state: 'unchanged' }]);
  expect(fs.statSync(place('hero/myth.conf')).mode & 0o777).toBe(0o600);
  expect(saveTunnels([saved('hero', 'myth', 'app')])[0]?.state).toBe('written');
});

test.each([
  ['another peer', 'hero/myth.conf', '# WireGuard tunnel from yen to myth: save\n'],
  ['another cluster', 'hero/myth.conf', '# WireGuard tunnel from hero to mythos: save\n'],
  ['nobody', 'hero/myth.conf', '[Interface]\n'],
])("%s's file is not overwritten, and nothing else is written", (_, name, text) => {
  write(name, text);
  expect(() => saveTunnels([saved('yen'), saved()])).toThrow(
    /hero\/myth\.conf: was not written for hero of myth, and was left as it is; move it away/,
  );
  expect(below()).toEqual({ [name]: text });
});

test('a file without owner beside a new one is not overwritten', () => {
  write('hero/myth.network', '[Match]\nName=myth\n');
  expect(() => saveTunnels([saved('hero', 'myth', 'networkd')])).toThrow(/myth\.network: was not/);
});

test('files for the same peer and one of its clusters are its own', () => {
  write('hero/myth.conf', '# WireGuard tunnel from hero to yard, zoo and myth: save\n');
  expect(saveTunnels([saved()])[0]?.state).toBe('written');
});

test('a file that holds a key is not overwritten', () => {
  const [app] = saved('hero', 'myth', 'app').files;
  write('hero/myth.conf', (app?.text ?? '').replace('PUT-THE-PRIVATE-KEY-HERE', KEY));
  expect(() => saveTunnels([saved()])).toThrow(/holds a private or preshared key/);
});

test.each<[string, () => void, RegExp]>([
  [
    'a folder in its place',
    () => fs.mkdirSync(place('hero/myth.conf'), { recursive: true }),
    /no plain file/,
  ],
  [
    'a link in its place',
    () => {
      write('other', 'of another');
      fs.symlinkSync('../other', place('hero/myth.conf'));
    },
    /no plain file/,
  ],
  [
    'a file in place of its folder',
    () => {
      fs.writeFileSync(place('hero'), '');
    },
    /cannot be read \(ENOTDIR\)/,
  ],
  [
    'a folder that is a loop of links',
    () => {
      fs.symlinkSync('hero', place('hero'));
    },
    /cannot be read \(ELOOP\)/,
  ],
])('%s ends it before anything is written', (_, prepare, message) => {
  prepare();
  const before = below();
  expect(() => saveTunnels([saved('yen'), saved()])).toThrow(message);
  expect(below()).toEqual(before);
});
