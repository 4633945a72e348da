import fs from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../lib/errors';
import { replaceManifests } from '../lib/output';
import { emptyFolder, filesBelow } from './keys/fixtures';

const MANIFEST = 'wireguard.k8s.yaml';

function write(folder: string, cluster: string): void {
  fs.mkdirSync(join(folder, cluster), { recursive: true });
  fs.writeFileSync(join(folder, cluster, MANIFEST), cluster);
}

const synth = (outdir: string, ...clusters: string[]) => {
  replaceManifests(outdir, (fresh) => {
    for (const cluster of clusters) write(fresh, cluster);
  });
};

test.each([
  [
    'a file stands where the folder should be',
    (out: string) => {
      fs.writeFileSync(out, '');
    },
    /dist\/myth\/w\S+: cannot be written \(ENOTDIR\)/,
  ],
  [
    'a file stands where a cluster should be',
    (out: string) => {
      fs.mkdirSync(out);
      fs.writeFileSync(join(out, 'myth'), '');
    },
    /dist\/myth\/w\S+: cannot be written \(EEXIST\)/,
  ],
  [
    'a folder stands where the manifest should be',
    (out: string) => {
      fs.mkdirSync(join(out, 'myth', MANIFEST), { recursive: true });
    },
    /dist\/myth\/w\S+: cannot be written \(EISDIR\)/,
  ],
])('%s: a sentence, and nothing is left behind', (_, prepare, message) => {
  const folder = emptyFolder();
  const out = join(folder, 'dist');
  prepare(out);
  expect(() => {
    synth(out, 'myth');
  }).toThrow(UserError);
  expect(() => {
    synth(out, 'myth');
  }).toThrow(message);
  expect(fs.readdirSync(folder)).toEqual(['dist']);
});

test.each(['mkdtempSync', 'renameSync'] as const)('%s is refused: a sentence', (call) => {
  const out = join(emptyFolder(), 'dist');
  const spy = jest.spyOn(fs, call).mockImplementation(() => {
    throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
  });
  try {
    expect(() => {
      synth(out, 'myth');
    }).toThrow(UserError);
    expect(() => {
      synth(out, 'myth');
    }).toThrow(/cannot be written \(EROFS\); check/);
  } finally {
    spy.mockRestore();
  }
});

test('a cluster that another synth removes meanwhile is gone all the same', () => {
  const out = join(emptyFolder(), 'dist');
  synth(out, 'myth', 'old');
  const { rmSync } = fs;
  const spy = jest.spyOn(fs, 'rmSync').mockImplementation((path, options) => {
    // Before ours looks: the other has removed the file and its folder.
    if (String(path).endsWith(MANIFEST)) rmSync(join(out, 'old'), { recursive: true, force: true });
    rmSync(path, options);
  });
  try {
    synth(out, 'myth');
  } finally {
    spy.mockRestore();
  }
  expect([...filesBelow(out).keys()]).toEqual([join('myth', MANIFEST)]);
});
