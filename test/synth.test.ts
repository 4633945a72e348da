import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..');
const file = 'wireguard.k8s.yaml';

let folder: string;
let inventory: string;
let out: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'synth-'));
  inventory = join(folder, 'inventory');
  out = join(folder, 'out');
  mkdirSync(inventory);
  cpSync(join(root, 'test/fixtures/valid/article.yaml'), join(inventory, 'article.yaml'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(command: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, INVENTORY_DIR: inventory, CDK8S_OUTDIR: out, ...more };
  return spawnSync(command, args, { cwd: root, env, encoding: 'utf8' });
}

/** Another cluster: the article's, which makes no record. */
function addCluster(name: string): void {
  const text = readFileSync(join(inventory, 'article.yaml'), 'utf8');
  writeFileSync(join(inventory, `${name}.yaml`), text.replace(/^dns:.*\n/m, ''));
}

/** What `npm run synth` runs, without the third of a second that npm takes. */
const synth = () => run(process.execPath, ['bin/run.cjs', 'lib/commands/synth.ts']);
const manifest = () => readFileSync(join(out, 'article', file), 'utf8');

test('one file a cluster, the same bytes each time', () => {
  addCluster('other');
  expect(synth().status).toBe(0);
  const first = manifest();
  expect(readdirSync(out)).toEqual(['.wireguard-endpoint', 'article', 'other']);
  expect(readdirSync(join(out, 'article'))).toEqual([file]);
  expect(synth().status).toBe(0);
  expect(manifest()).toBe(first);
  expect(readdirSync(folder)).toEqual(['inventory', 'out']);
});

test('a faulty inventory is explained, and leaves every manifest as it was', () => {
  synth();
  writeFileSync(join(out, 'article', file), 'old');
  writeFileSync(join(inventory, 'other.yaml'), 'network: 10.1.3.17/28\npeers: {}\nservices: {}\n');
  const { status, stderr } = synth();
  expect(status).toBe(1);
  expect(stderr).toBe(
    `${inventory}/other.yaml:1:10: network: "10.1.3.17/28": has bits set behind its prefix length; write 10.1.3.16/28\n`,
  );
  expect(manifest()).toBe('old');
  expect(readdirSync(folder)).toEqual(['inventory', 'out']);
});

test('the manifest of a cluster that is gone goes, other files stay', () => {
  addCluster('other');
  addCluster('third');
  synth();
  writeFileSync(join(out, 'third', 'kustomization.yaml'), 'resources: []\n');
  rmSync(join(inventory, 'other.yaml'));
  rmSync(join(inventory, 'third.yaml'));
  synth();
  expect(readdirSync(out)).toEqual(['.wireguard-endpoint', 'article', 'third']);
  expect(readdirSync(join(out, 'third'))).toEqual(['kustomization.yaml']);
});

test('what changed is said', () => {
  expect(synth().stdout).toBe(`${out}/article/${file}: new\n`);
  expect(synth().stdout).toBe(`${out}/article/${file}: unchanged\n`);
  const text = readFileSync(join(inventory, 'article.yaml'), 'utf8');
  writeFileSync(join(inventory, 'article.yaml'), text.replace('10.1.2.9', '10.1.2.10'));
  expect(synth().stdout).toBe(
    `${out}/article/${file}: changed: ConfigMap wireguard (nginx.cfg, wg0.cfg, wg0.ip)\n`,
  );
});

test('--help is printed, and a stray argument is refused', () => {
  const help = run('npm', ['run', '--silent', 'synth', '--', '--help']);
  expect([help.status, help.stderr]).toEqual([0, '']);
  expect(help.stdout).toMatch(/^Usage: npm run synth[^]*INVENTORY_DIR/);
  for (const argument of ['myth', '--force']) {
    const { status, stdout, stderr } = run('npm', ['run', '--silent', 'synth', '--', argument]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: (?:too many arguments|unknown option)/);
  }
  expect(existsSync(out)).toBe(false);
});

test('what is missing or odd is said on stderr', () => {
  rmSync(join(inventory, 'article.yaml'));
  writeFileSync(join(inventory, 'mine.yaml'), 'network: 10.1.3.16/28\npeers: {}\nservices: {}\n');
  const { status, stdout, stderr } = synth();
  expect({ status, stdout }).toEqual({ status: 0, stdout: `${out}/mine/${file}: new\n` });
  expect(stderr).toMatch(/^mine: no host key yet: make one with npm run keygen -- mine$/m);
});

test('the CLI writes the same where its --output says', () => {
  synth();
  const written = manifest();
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
