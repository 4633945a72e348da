import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
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

/** A project of two files in the place of this one. */
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'run-'));
  cpSync(join(root, 'bin'), join(project, 'bin'), { recursive: true });
  for (const folder of ['bench', 'imports', 'lib', 'node_modules/@esbuild', 'tmp']) {
    mkdirSync(join(project, folder), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules/esbuild'), join(project, 'node_modules/esbuild'));
  write('node_modules/.package-lock.json', '{}');
  write('tsconfig.json', '{}');
  write('lib/word.txt', 'beside');
  write('lib/word.ts', "export const word: string = 'one';\n");
  write(
    'main.ts',
    `import { readFileSync } from 'node:fs';
import { word } from './lib/word';
interface Unused { readonly field: string }
if (process.argv[2] === 'defect') throw new TypeError('defect');
if (process.argv[2] === 'fault') process.exitCode = 3;
console.log(word, process.argv[2]);
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
function run(argument = 'x'): Promise<Outcome> {
  return execute(join(project, 'main.ts'), argument);
}

function execute(...args: string[]): Promise<Outcome> {
  const env = { ...process.env, TMPDIR: join(project, 'tmp') };
  const options = { cwd: tmpdir(), env };
  return new Promise((done) => {
    const command = [join(project, 'bin/run.cjs'), ...args];
    const child = execFile(process.execPath, command, options, (_, stdout, stderr) => {
      done({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

/** What is kept, with the time it was written. */
function kept(): Record<string, number> {
  const cache = join(project, 'node_modules/.cache/wireguard-endpoint');
  return Object.fromEntries(
    readdirSync(cache).map((file) => [file, statSync(join(cache, file)).mtimeMs]),
  );
}

test('the second run takes what the first one kept', async () => {
  expect(await run('a')).toEqual({ code: 0, stdout: 'one a\n', stderr: '' });
  const first = kept();
  expect(Object.keys(first)).toHaveLength(3);
  expect(await run('b')).toEqual({ code: 0, stdout: 'one b\n', stderr: '' });
  expect(kept()).toEqual(first);
});

test('a change is seen, also one of the same length and time', async () => {
  await run();
  const { atime, mtime } = statSync(join(project, 'lib/word.ts'));
  write('lib/word.ts', "export const word: string = 'two';\n");
  utimesSync(join(project, 'lib/word.ts'), atime, mtime);
  expect((await run()).stdout).toBe('two x\n');
  expect(Object.keys(kept())).toHaveLength(3); // the old bundle is gone
});

test.each(['node_modules/.package-lock.json', 'tsconfig.json', 'lib/new.ts', 'bin/new.cjs'])(
  'a change of %s makes a new bundle',
  async (file) => {
    await run();
    const before = Object.keys(kept());
    write(file, '{ }');
    await run();
    expect(Object.keys(kept())).not.toEqual(before);
  },
);

test('a module finds what lies beside it', async () => {
  write(
    'lib/word.ts',
    `import { readFileSync } from 'node:fs';
export const word = readFileSync(\`\${__dirname}/word.txt\`, 'utf8');
`,
  );
  expect((await run()).stdout).toBe('beside x\n');
});

test('exit codes are passed on', async () => {
  expect((await run('fault')).code).toBe(3);
  expect((await run('fault')).code).toBe(3);
});

test("a defect's stack names the source", async () => {
  for (const { code, stderr } of [await run('defect'), await run('defect')]) {
    expect(code).toBe(1);
    expect(stderr).toContain(`TypeError: defect\n    at <anonymous> (${project}/main.ts:4:41)`);
  }
});

test('a mistake in the source is told with its place', async () => {
  write('lib/word.ts', 'export const word = ;\n');
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toContain('lib/word.ts:1:20: ERROR: Unexpected ";"');
});

test('two first runs at once do not disturb each other', async () => {
  const outcomes = await Promise.all([run('a'), run('b'), run('c')]);
  expect(outcomes.map(({ stdout }) => stdout)).toEqual(['one a\n', 'one b\n', 'one c\n']);
  expect((await run('d')).stdout).toBe('one d\n');
});

test('where nothing can be kept it runs all the same, and leaves nothing', async () => {
  write('node_modules/.cache', 'no folder');
  expect(await run('a')).toEqual({ code: 0, stdout: 'one a\n', stderr: '' });
  expect((await run('defect')).stderr).toContain(`(${project}/main.ts:4:41)`);
  expect(readdirSync(join(project, 'tmp'))).toEqual([]);
});

test('a code cache that cannot be kept is no error', async () => {
  await run();
  const [code = ''] = Object.keys(kept()).filter((file) => file.endsWith('.code'));
  const file = join(project, 'node_modules/.cache/wireguard-endpoint', code);
  rmSync(file);
  mkdirSync(file);
  expect(await run('b')).toEqual({ code: 0, stdout: 'one b\n', stderr: '' });
  expect(Object.keys(kept())).toHaveLength(3);
});

test.each([[[]], [['none.ts']], [['.']]])('%j is no entry: a line says so', async (args) => {
  const { code, stderr } = await execute(...args);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^[^\n]*: give a TypeScript file: [^\n]*\n$/);
});
