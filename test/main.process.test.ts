import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder } from './keys/fixtures';

const root = join(__dirname, '..');
const file = 'wireguard.k8s.yaml';

let folder: string;
let inventory: string;
let out: string;

beforeEach(() => {
  folder = emptyFolder();
  inventory = join(folder, 'inventory');
  out = join(folder, 'out');
  cpSync(join(root, 'test/fixtures/valid/article.yaml'), join(inventory, 'article.yaml'));
});

function run(command: string, args: readonly string[]) {
  const env = { ...process.env, INVENTORY_DIR: inventory, CDK8S_OUTDIR: out };
  return spawnSync(command, args, { cwd: root, env, encoding: 'utf8' });
}

test('the CLI writes what `npm run synth` writes, where its --output says', () => {
  expect(run(process.execPath, ['bin/run.cjs', 'lib/commands/synth.ts']).status).toBe(0);
  const written = readFileSync(join(out, 'article', file), 'utf8');
  const elsewhere = join(folder, 'elsewhere');
  const { status } = run('npx', ['cdk8s', 'synth', '--output', elsewhere, '--check-upgrade=false']);
  expect(status).toBe(0);
  expect(readFileSync(join(elsewhere, 'article', file), 'utf8')).toBe(written);
});

test('the CLI fails with the faults of an inventory', () => {
  writeFileSync(join(inventory, 'article.yaml'), 'netwrok: 10.1.3.16/28\n');
  const result = run('npx', ['cdk8s', 'synth', '--output', out, '--check-upgrade=false']);
  expect(result.status).toBe(1);
  expect(result.stderr).toContain(
    'article.yaml:1:1: "netwrok": is not a known key; did you mean "network"?',
  );
  expect(existsSync(out)).toBe(false);
});

test('npm passes arguments on: a stray one is refused', () => {
  for (const argument of ['myth', '--force']) {
    const { status, stdout, stderr } = run('npm', ['run', '--silent', 'synth', '--', argument]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: (?:too many arguments|unknown option)/);
  }
  expect(existsSync(out)).toBe(false);
});
