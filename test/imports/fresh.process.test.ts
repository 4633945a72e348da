import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../..');
const imports = join(root, 'imports');
const generated = (folder: string) => readdirSync(folder).filter((file) => file.endsWith('.ts'));

const settings = () => readFileSync(join(root, 'cdk8s.yaml'), 'utf8');

let fresh: string;
let before: string;

beforeAll(() => {
  before = settings();
  fresh = mkdtempSync(join(tmpdir(), 'imports-'));
  execFileSync('npm', ['run', '--silent', 'import', '--', '--output', fresh], {
    cwd: root,
    stdio: 'pipe',
  });
});

afterAll(() => {
  rmSync(fresh, { recursive: true });
});

test('imports/ is what `npm run import` makes of imports/crds', () => {
  expect(generated(fresh)).toEqual(generated(imports));
  for (const file of generated(imports)) {
    expect(readFileSync(join(imports, file), 'utf8')).toBe(readFileSync(join(fresh, file), 'utf8'));
  }
});

// `cdk8s import <file>` would write it anew, without its comments.
test('`npm run import` leaves cdk8s.yaml alone', () => {
  expect(settings()).toBe(before);
});
