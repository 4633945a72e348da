import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');
let project: string;

/** A project of two files and a package in the place of this one. */
beforeEach(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), 'run-')));
  cpSync(join(root, 'bin'), join(project, 'bin'), { recursive: true });
  for (const folder of ['lib', 'node_modules/@esbuild', 'node_modules/word', 'tmp']) {
    mkdirSync(join(project, folder), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules/esbuild'), join(project, 'node_modules/esbuild'));
  write('package.json', JSON.stringify({ dependencies: { word: '1.0.0' } }));
  write('node_modules/word/package.json', JSON.stringify({ main: 'index.js' }));
  write('node_modules/word/index.js', "exports.word = 'package';\n");
  write('node_modules/word/other.js', "exports.word = 'another';\n");
  write('node_modules/.package-lock.json', '{}');
  write('tsconfig.json', '{}');
  write('lib/word.txt', 'beside');
  write('lib/word.ts', "export const word: string = 'one';\n");
  write(
    'main.ts',
    `import { word } from './lib/word';
import { word as packaged } from 'word';
interface Unused { readonly field: string }
if (process.argv[2] === 'defect') throw new TypeError('defect');
if (process.argv[2] === 'fault') process.exitCode = 3;
console.log(word, packaged, process.argv[2]);
`,
  );
});

afterEach(() => {
  rmSync(project, { recursive: true });
});

function write(file: string, text: string): void {
  writeFileSync(join(project, file), text);
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs main.ts from another folder than the project's. */
function run(argument = 'x', env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return execute([join(project, 'bin/run.cjs'), join(project, 'main.ts'), argument], env);
}

function execute(command: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const env = { ...process.env, TMPDIR: join(project, 'tmp'), ...more };
  const options = { cwd: tmpdir(), env };
  return new Promise((done) => {
    const child = execFile(process.execPath, command, options, (_, stdout, stderr) => {
      done({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

/** Runs main.ts after a script. */
function runAfter(script: string): Promise<Outcome> {
  write('before.cjs', script);
  return run('x', { NODE_OPTIONS: `--require ${join(project, 'before.cjs')}` });
}

const cache = () => join(project, 'node_modules/.cache/wireguard-endpoint');

/** The bundles that are kept, with the time they were written. */
function kept(): Record<string, number> {
  const bundles = existsSync(cache()) ? readdirSync(cache()) : [];
  const files = bundles.map((file) => [file, statSync(join(cache(), file))] as const);
  return Object.fromEntries(
    files.filter(([, s]) => s.isFile()).map(([file, s]) => [file, s.mtimeMs]),
  );
}

test('the second run takes what the first one kept', async () => {
  expect(await run('a')).toEqual({ code: 0, stdout: 'one package a\n', stderr: '' });
  const first = kept();
  expect(Object.keys(first)).toEqual(['main_ts.cjs']);
  expect(await run('b')).toEqual({ code: 0, stdout: 'one package b\n', stderr: '' });
  expect(kept()).toEqual(first);
});

/** Replaces a file by one of the same length, at the same time. */
function alter(file: string, from: string, to: string): void {
  const path = join(project, file);
  const { atime, mtime } = statSync(path);
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
  utimesSync(path, atime, mtime);
}

test.each([
  ['a source', 'lib/word.ts', 'one', 'two', 'two package x\n'],
  ['a package', 'node_modules/word/index.js', 'package', 'altered', 'one altered x\n'],
  ["a package's main file", 'node_modules/word/package.json', 'index', 'other', 'one another x\n'],
])('%s that is edited in place is seen', async (_, file, from, to, expected) => {
  await run();
  alter(file, from, to);
  expect((await run()).stdout).toBe(expected);
  expect(Object.keys(kept())).toEqual(['main_ts.cjs']);
});

test('a source that comes before another is seen', async () => {
  mkdirSync(join(project, 'lib/word'));
  renameSync(join(project, 'lib/word.ts'), join(project, 'lib/word/index.ts'));
  expect((await run()).stdout).toBe('one package x\n');
  write('lib/word.ts', "export const word: string = 'two';\n");
  expect((await run()).stdout).toBe('two package x\n');
});

test.each([
  'node_modules/.package-lock.json',
  'node_modules/.pnpm/lock.yaml',
  'node_modules/.yarn-integrity',
  'node_modules/.yarn-state.yml',
])('an installation that writes %s makes a new bundle', async (file) => {
  rmSync(join(project, 'node_modules/.package-lock.json'));
  expect((await run()).code).toBe(0);
  const before = kept();
  mkdirSync(join(project, 'node_modules/.pnpm'));
  write(file, '{ }');
  await run();
  expect(kept()).not.toEqual(before);
});

test('a version of Node leaves what another kept', async () => {
  await run();
  const before = kept();
  const { code } = await runAfter(
    "Object.defineProperty(process, 'version', { value: 'v98.7.6' });",
  );
  expect(code).toBe(0);
  expect(kept()).toEqual(before);
});

test('a copy of the project has a bundle of its own', async () => {
  await run();
  const copy = join(project, 'tmp/copy');
  for (const part of ['bin', 'lib', 'node_modules', 'main.ts', 'package.json', 'tsconfig.json']) {
    cpSync(join(project, part), join(copy, part), { recursive: true, verbatimSymlinks: true });
  }
  writeFileSync(join(copy, 'lib/word.ts'), "export const word: string = 'two';\n");
  const { stdout } = await execute([join(copy, 'bin/run.cjs'), join(copy, 'main.ts'), 'x']);
  expect(stdout).toBe('two package x\n');
});

test('a module finds what lies beside it', async () => {
  write(
    'lib/word.ts',
    `import { readFileSync } from 'node:fs';
export const word = readFileSync(\`\${__dirname}/word.txt\`, 'utf8');
`,
  );
  expect((await run()).stdout).toBe('beside package x\n');
});

test('exit codes are passed on', async () => {
  expect((await run('fault')).code).toBe(3);
  expect((await run('fault')).code).toBe(3);
});

test("a defect's stack names the source", async () => {
  for (const { code, stderr } of [await run('defect'), await run('defect')]) {
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`TypeError: defect\\n    at .*\\(${project}/main\\.ts:4:41\\)`),
    );
  }
});

test('a mistake in the source is told with its place, and nothing else is', async () => {
  write('lib/word.ts', 'export const word = ;\n');
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toMatch(/ERROR.* Unexpected ";"\s+.*lib\/word\.ts:1:20:/);
  expect(stderr).not.toContain(' at ');
});

test('two first runs at once do not disturb each other', async () => {
  const outcomes = await Promise.all([run('a'), run('b'), run('c')]);
  expect(outcomes.map(({ stdout }) => stdout)).toEqual(
    ['a', 'b', 'c'].map((argument) => `one package ${argument}\n`),
  );
  expect((await run('d')).stdout).toBe('one package d\n');
  expect(Object.keys(kept())).toEqual(['main_ts.cjs']);
});

test('half a bundle that a killed run left is gone after the next', async () => {
  mkdirSync(cache(), { recursive: true });
  writeFileSync(join(cache(), 'main_ts.cjs.new'), 'half');
  expect((await run('a')).stdout).toBe('one package a\n');
  expect(kept()).toEqual({});
  expect((await run('b')).stdout).toBe('one package b\n');
  expect(Object.keys(kept())).toEqual(['main_ts.cjs']);
});

test.each(['', '// no state', '//{}', '//{"of":{}}'])(
  'a broken bundle %j is made anew',
  async (text) => {
    mkdirSync(cache(), { recursive: true });
    writeFileSync(join(cache(), 'main_ts.cjs'), `throw 'broken';\n${text}`);
    expect((await run()).stdout).toBe('one package x\n');
  },
);

describe('where nothing can be kept it runs all the same, and leaves nothing', () => {
  const refuse = (code: string, ...calls: string[]) =>
    `const fs = require('node:fs');
for (const call of ${JSON.stringify(calls)}) {
  const real = fs[call];
  fs[call] = (path, data, ...rest) => {
    if (!String(path).includes('.cache')) return real(path, data, ...rest);
    if (call === 'writeFileSync') real(path, data.slice(0, 100), ...rest);
    throw Object.assign(new Error('${code}: refused'), { code: '${code}' });
  };
}`;
  test.each([
    ['a full disk', refuse('ENOSPC', 'writeFileSync')],
    ['a full disk without the folder', refuse('ENOSPC', 'mkdirSync')],
    ['a read-only checkout', refuse('EROFS', 'mkdirSync', 'writeFileSync', 'renameSync')],
  ])('%s', async (_, script) => {
    expect(await runAfter(script)).toEqual({ code: 0, stdout: 'one package x\n', stderr: '' });
    expect(kept()).toEqual({});
  });

  test('a file in the place of the folder', async () => {
    write('node_modules/.cache', 'no folder');
    expect(await run('a')).toEqual({ code: 0, stdout: 'one package a\n', stderr: '' });
    expect((await run('defect')).stderr).toContain(`(${project}/main.ts:4:41)`);
    expect(readdirSync(join(project, 'tmp'))).toEqual([]);
  });
});

test.each([[[]], [['none.ts']], [['.']]])('%j is no entry: no stack', async (args) => {
  const { code, stderr } = await execute([join(project, 'bin/run.cjs'), ...args]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/ERROR/);
  expect(stderr).not.toContain('    at ');
});

describe('without the packages a command says what to run', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };

  test.each(['node_modules', 'node_modules/word'])('%s is missing', async (folder) => {
    await run();
    rmSync(join(project, folder), { recursive: true });
    const { code, stdout, stderr } = await run();
    expect([code, stdout, stderr]).toEqual([1, '', 'packages are not installed: run `npm ci`\n']);
  });

  // `prepare` runs while packages are installed.
  test.each(Object.entries(scripts).filter(([name]) => name !== 'prepare'))(
    'npm run %s asks for them first',
    (_, script) => {
      expect(script).toMatch(/^node bin\/(?:run\.cjs \S+\.ts|installed\.cjs && .*)$/);
    },
  );
});
