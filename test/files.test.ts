import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../lib/errors';
import { absence, attempt, ifThere, readIfThere, stagingPath, writeWhole } from '../lib/files';
import { emptyFolder, filesBelow } from './keys/fixtures';

const below = (folder: string) => Object.fromEntries(filesBelow(folder));
const mode = (path: string) => (fs.statSync(path).mode & 0o777).toString(8);

test('writes all, with their modes, into folders it makes', () => {
  const folder = emptyFolder();
  const [secret, open] = [join(folder, 'a'), join(folder, 'b/c')];
  writeWhole([
    { path: secret, content: 'one', mode: 0o600 },
    { path: open, content: 'two', mode: 0o644 },
  ]);
  expect(below(folder)).toEqual({ a: 'one', 'b/c': 'two' });
  expect([mode(secret), mode(open)]).toEqual(['600', '644']);
});

test('takes no place but with leave, and then writes nothing else', () => {
  const folder = emptyFolder();
  const path = join(folder, 'a');
  fs.writeFileSync(path, 'old', { mode: 0o644 });
  expect(() => {
    writeWhole([
      { path, content: 'new', mode: 0o600 },
      { path: `${path}2`, content: '', mode: 0o600 },
    ]);
  }).toThrow(new UserError(`${path}: is there already, and was left as it is`));
  expect(below(folder)).toEqual({ a: 'old' });
  writeWhole([{ path, content: 'new', mode: 0o600, replace: true }]);
  expect(below(folder)).toEqual({ a: 'new' });
  expect(mode(path)).toBe('600');
});

test('leaves what was there when the disk refuses', () => {
  const folder = emptyFolder();
  const path = join(folder, 'a');
  fs.writeFileSync(path, 'old');
  const full = () => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  };
  for (const call of ['writeFileSync', 'renameSync'] as const) {
    const spy = jest.spyOn(fs, call).mockImplementation(full);
    expect(() => {
      writeWhole([{ path, content: 'new', mode: 0o600, replace: true }]);
    }).toThrow(`${path}: cannot be written (ENOSPC); check the disk`);
    spy.mockRestore();
    expect(below(folder)).toEqual({ a: 'old' });
  }
});

test('the name on the way keeps its ending and is another each time', () => {
  expect(stagingPath('x/age.agekey')).toMatch(/^x\/\.[0-9a-f]{16}\.age\.agekey$/);
  expect(stagingPath('x/age.agekey')).not.toBe(stagingPath('x/age.agekey'));
});

test('a file that is not there has no text; one that cannot be read is said with its place', () => {
  const folder = emptyFolder();
  expect(readIfThere(join(folder, 'a'))).toBeUndefined();
  expect(() => readIfThere(folder)).toThrow(
    new UserError(`${folder}: cannot be read (EISDIR); check its kind and permissions`),
  );
});

test('what a killed run left is removed by the next one, what another run stages is not', () => {
  const folder = emptyFolder();
  const path = join(folder, 'age.agekey');
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  const left = (pid: number, name = 'age.agekey') => {
    const file = `.${pid.toString(16).padStart(8, '0')}01234567.${name}`;
    fs.writeFileSync(join(folder, file), 'half');
    return file;
  };
  left(dead);
  left(process.pid);
  const kept = [left(1), left(dead, 'other.agekey'), '.mine.age.agekey'];
  fs.writeFileSync(join(folder, '.mine.age.agekey'), '');
  writeWhole([{ path, content: 'whole', mode: 0o600 }]);
  expect([...filesBelow(folder).keys()].sort()).toEqual([...kept, 'age.agekey'].sort());
});

test('git ignores every file on its way', () => {
  const names = [
    'dist/myth/wireguard.k8s.yaml',
    '.sops.yaml',
    'secrets/myth.sops.yaml',
    'x/myth.conf',
  ];
  const { stdout } = spawnSync('git', ['check-ignore', ...names.map(stagingPath)], {
    cwd: join(__dirname, '..'),
    encoding: 'utf8',
  });
  expect(stdout.trim().split('\n')).toHaveLength(names.length);
  const { stdout: tracked } = spawnSync('git', ['ls-files', '-ci', '--exclude-standard'], {
    cwd: join(__dirname, '..'),
    encoding: 'utf8',
  });
  expect(tracked).toBe('');
});

test('what this run has staged for the same place stays', () => {
  const folder = emptyFolder();
  const path = join(folder, 'a');
  writeWhole([
    { path, content: 'one', mode: 0o600 },
    { path, content: 'two', mode: 0o600, replace: true },
  ]);
  expect(below(folder)).toEqual({ a: 'two' });
});

test.each([
  ['ESRCH', []],
  ['EPERM', ['.0000007b01234567.a']],
])('what a process left that a signal does not reach for %s', (code, kept) => {
  const folder = emptyFolder();
  fs.writeFileSync(join(folder, '.0000007b01234567.a'), 'half');
  const kill = jest.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error(code), { code });
  });
  try {
    writeWhole([{ path: join(folder, 'a'), content: '', mode: 0o600 }]);
    expect(kill.mock.calls).toEqual([[123, 0]]);
  } finally {
    kill.mockRestore();
  }
  expect([...filesBelow(folder).keys()].sort()).toEqual([...kept, 'a']);
});

test('each folder is on the disk when its file has its place', () => {
  const folder = emptyFolder();
  const calls: string[] = [];
  const opened = jest.spyOn(fs, 'openSync');
  const written = jest.spyOn(fs, 'writeFileSync');
  const spies = (['linkSync', 'renameSync', 'fsyncSync', 'closeSync'] as const).map((name) => {
    const call = fs[name] as (...args: unknown[]) => unknown;
    return jest.spyOn(fs, name).mockImplementation((...args: unknown[]) => {
      calls.push(name);
      call(...args);
    });
  });
  try {
    writeWhole([
      { path: join(folder, 'a'), content: '', mode: 0o600 },
      { path: join(folder, 'b'), content: '', mode: 0o600, replace: true },
    ]);
    expect(opened.mock.calls.filter(([path]) => path === folder)).toHaveLength(2);
    const options = written.mock.calls.map(([, , given]) => given);
    expect(options).toEqual(Array(2).fill({ flag: 'wx', mode: 0o600, flush: true }));
  } finally {
    for (const spy of [opened, written, ...spies]) spy.mockRestore();
  }
  const isMove = (call: string) => call.startsWith('link') || call.startsWith('rename');
  expect(calls.slice(calls.findIndex(isMove))).toEqual([
    ...['linkSync', 'fsyncSync', 'closeSync'],
    ...['renameSync', 'fsyncSync', 'closeSync'],
  ]);
});

test('how a place is absent', () => {
  const folder = emptyFolder();
  const link = join(folder, 'link');
  fs.symlinkSync('gone', link);
  expect(absence(link)).toBe('is a link to gone, which does not exist');
  expect(absence(join(folder, 'gone'))).toBe('does not exist');
  expect(absence(folder)).toBe('does not exist');
});

test.each([
  new TypeError('no call of the system'),
  Object.assign(new Error(), { code: 'ERR_INVALID_ARG_TYPE' }),
  Object.assign(new Error(), { code: 'ERR_EIO' }),
  Object.assign(new Error(), { code: 'E' }),
  'a text',
  null,
])('%p is a defect, and is thrown as it is', (defect) => {
  const fail = () => {
    throw defect; // eslint-disable-line @typescript-eslint/only-throw-error
  };
  for (const run of [attempt, ifThere]) {
    let thrown: unknown;
    try {
      run('a', fail);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBe(defect);
  }
});

test('what is in the way elsewhere is not said to be the file', () => {
  const fail = () => {
    throw Object.assign(new Error(), { code: 'EEXIST' });
  };
  const folder = emptyFolder();
  expect(() => {
    attempt(join(folder, 'a'), fail);
  }).toThrow(/a: cannot be written \(EEXIST\); check the disk, and the kind and permissions/);
  expect(() => {
    attempt(folder, fail);
  }).toThrow(/: is there already, and was left as it is$/);
});
