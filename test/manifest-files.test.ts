import fs from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../lib/errors';
import { replaceManifests } from '../lib/manifest-files';
import { emptyFolder, filesBelow } from './keys/fixtures';

const MANIFEST = 'wireguard.k8s.yaml';
const LIST = '.wireguard-endpoint';

/** Writes a manifest that says `kind: <cluster>` for each cluster of the inventory folder beside `outdir`. */
function synth(
  outdir: string,
  clusters: readonly string[],
  inventories = join(outdir, '../inventory'),
) {
  const manifests = clusters.map((cluster) => [cluster, `kind: ${cluster}\n`] as const);
  const changes = replaceManifests(outdir, inventories, new Map(manifests));
  return changes.map(({ file, change }) => `${file.slice(outdir.length + 1)} ${change}`);
}

const names = (folder: string) => [...filesBelow(folder).keys()].sort();

test('what became of each file is told', () => {
  const out = join(emptyFolder(), 'dist');
  expect(synth(out, ['myth', 'yen'])).toEqual([`myth/${MANIFEST} new`, `yen/${MANIFEST} new`]);
  fs.writeFileSync(join(out, 'myth', MANIFEST), 'kind: old\n');
  expect(synth(out, ['myth'])).toEqual([`myth/${MANIFEST} changed`, `yen/${MANIFEST} removed`]);
  expect(synth(out, ['myth'])).toEqual([`myth/${MANIFEST} unchanged`]);
  expect(names(out)).toEqual([LIST, join('myth', MANIFEST)]);
  expect(fs.readdirSync(out)).toEqual([LIST, 'myth']);
});

test('they are told by path, and are for everyone to read', () => {
  const out = join(emptyFolder(), 'dist');
  const written = jest.spyOn(fs, 'writeFileSync');
  synth(out, ['c', 'a']);
  const modes = written.mock.calls.map(([, , options]) => options);
  written.mockRestore();
  expect(modes).toEqual(Array(3).fill(expect.objectContaining({ mode: 0o644 })));
  expect(synth(out, ['c'])).toEqual([`a/${MANIFEST} removed`, `c/${MANIFEST} unchanged`]);
});

test('the objects that changed are told', () => {
  const out = join(emptyFolder(), 'dist');
  const write = (...objects: object[]) =>
    replaceManifests(
      out,
      'inventory',
      new Map([['myth', objects.map((object) => JSON.stringify(object)).join('\n---\n')]]),
    )[0]?.objects;
  const object = (kind: string, name: string, more: object = {}) => ({
    kind,
    metadata: { name },
    ...more,
  });
  write(
    object('ConfigMap', 'wireguard', { data: { a: '1', b: '1', c: '1' } }),
    object('Service', 'wireguard'),
    object('Secret', 'old'),
    object('StatefulSet', 'wireguard', { spec: 1 }),
  );
  const changed = write(
    object('ConfigMap', 'wireguard', { data: { a: '1', b: '2', d: '1' } }),
    object('Service', 'wireguard'),
    { kind: 'NetworkPolicy', metadata: { name: 'from', namespace: 'postgresql' } },
    object('StatefulSet', 'wireguard', { spec: 2 }),
  );
  expect(changed).toEqual([
    'ConfigMap wireguard (b, c, d)',
    'NetworkPolicy postgresql/from (new)',
    'StatefulSet wireguard',
    'Secret old (removed)',
  ]);
});

describe('of a shared folder', () => {
  test("another project's manifests stay, listed or not", () => {
    const folder = emptyFolder();
    const out = join(folder, 'dist');
    synth(out, ['a', 'b']);
    synth(out, ['c', 'd'], join(folder, 'other/inventory'));
    fs.mkdirSync(join(out, 'foreign'));
    fs.writeFileSync(join(out, 'foreign', MANIFEST), 'theirs');
    synth(out, ['a']);
    synth(out, ['d'], join(folder, 'other/inventory'));
    expect(names(out)).toEqual([
      LIST,
      ...['a', 'd', 'foreign'].map((name) => join(name, MANIFEST)),
    ]);
    expect(fs.readFileSync(join(out, LIST), 'utf8')).toBe(
      '../inventory/a.yaml\n../other/inventory/d.yaml\n',
    );
  });

  test('other files of a cluster that is gone stay', () => {
    const out = join(emptyFolder(), 'dist');
    synth(out, ['a', 'b']);
    fs.writeFileSync(join(out, 'b', 'kustomization.yaml'), '');
    synth(out, ['a']);
    expect(names(out)).toEqual([LIST, join('a', MANIFEST), join('b', 'kustomization.yaml')]);
  });

  test.each([
    '../x/a.yaml',
    '../inventory/a.yaml~',
    '../inventory/~a.yaml',
    '../inventory/x/a.yaml',
    '../inventory/../../x.yaml',
    '../inventory/.yaml',
    'a',
    '/',
    '..',
  ])('a list that has %j leads nowhere else', (line) => {
    const folder = emptyFolder();
    const out = join(folder, 'dist');
    for (const victim of ['x', 'a', '..', 'a.yaml~', '~a']) {
      fs.mkdirSync(join(out, victim), { recursive: true });
      fs.writeFileSync(join(out, victim, MANIFEST), 'theirs');
    }
    fs.writeFileSync(join(out, LIST), `${line}\n`);
    synth(out, ['b']);
    const kept = ['a', 'a.yaml~', '~a', 'x'].map((name) => `dist/${name}/${MANIFEST}`);
    expect(names(folder)).toEqual(expect.arrayContaining([MANIFEST, ...kept]));
  });
});

describe('links', () => {
  test('the folder of the manifests may be one, to another file system too', () => {
    const folder = emptyFolder();
    const shm = fs.mkdtempSync('/dev/shm/output-');
    try {
      fs.symlinkSync(shm, join(folder, 'dist'));
      synth(join(folder, 'dist'), ['myth', 'old']);
      synth(join(folder, 'dist'), ['myth']);
      expect(names(shm)).toEqual([LIST, join('myth', MANIFEST)]);
      expect(fs.readdirSync(folder)).toEqual(['dist']);
    } finally {
      fs.rmSync(shm, { recursive: true });
    }
  });

  test('are not followed to what is to be removed', () => {
    const folder = emptyFolder();
    const out = join(folder, 'dist');
    synth(out, ['myth', 'gone', 'left']);
    fs.renameSync(join(out, 'gone'), join(folder, 'elsewhere'));
    fs.symlinkSync(join(folder, 'elsewhere'), join(out, 'gone'));
    fs.rmSync(join(out, 'left', MANIFEST));
    fs.symlinkSync(join(folder, 'elsewhere', MANIFEST), join(out, 'left', MANIFEST));
    expect(synth(out, ['myth'])).toEqual([`myth/${MANIFEST} unchanged`]);
    expect(names(join(folder, 'elsewhere'))).toEqual([MANIFEST]);
    expect(fs.readdirSync(out).sort()).toEqual([LIST, 'gone', 'left', 'myth']);
  });
});

test.each([
  [
    'a file stands where the folder should be',
    (out: string) => {
      fs.writeFileSync(out, '');
    },
    /dist\/myth\/w\S+: cannot be read \(ENOTDIR\)/,
  ],
  [
    'a file stands where a cluster should be',
    (out: string) => {
      fs.mkdirSync(out);
      fs.writeFileSync(join(out, 'myth'), '');
    },
    /dist\/myth\/w\S+: cannot be read \(ENOTDIR\)/,
  ],
  [
    'a folder stands where the manifest should be',
    (out: string) => {
      fs.mkdirSync(join(out, 'myth', MANIFEST), { recursive: true });
    },
    /dist\/myth\/w\S+: cannot be read \(EISDIR\)/,
  ],
])('%s: a sentence, and nothing is left behind', (_, prepare, message) => {
  const folder = emptyFolder();
  const out = join(folder, 'dist');
  prepare(out);
  expect(() => synth(out, ['myth'])).toThrow(UserError);
  expect(() => synth(out, ['myth'])).toThrow(message);
  expect(fs.readdirSync(folder)).toEqual(['dist']);
});

test.each(['writeFileSync', 'renameSync'] as const)('%s is refused: all is as it was', (call) => {
  const out = join(emptyFolder(), 'dist');
  synth(out, ['myth']);
  fs.writeFileSync(join(out, 'myth', MANIFEST), 'old');
  const before = filesBelow(out);
  const spy = jest.spyOn(fs, call).mockImplementation(() => {
    throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });
  });
  try {
    expect(() => synth(out, ['myth', 'yen'])).toThrow(/cannot be written \(EROFS\); check/);
  } finally {
    spy.mockRestore();
  }
  expect(filesBelow(out)).toEqual(before);
});

test('a cluster that another synth removes meanwhile is gone all the same', () => {
  const out = join(emptyFolder(), 'dist');
  synth(out, ['myth', 'old']);
  const { rmSync } = fs;
  const spy = jest.spyOn(fs, 'rmSync').mockImplementation((path, options) => {
    // Before ours looks: the other has removed the file and its folder.
    if (String(path).endsWith(`/${MANIFEST}`))
      rmSync(join(out, 'old'), { recursive: true, force: true });
    rmSync(path, options);
  });
  try {
    synth(out, ['myth']);
  } finally {
    spy.mockRestore();
  }
  expect(names(out)).toEqual([LIST, join('myth', MANIFEST)]);
});
