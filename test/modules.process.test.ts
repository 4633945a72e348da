import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..');

/** Packages of node_modules that are loaded when a module has been required and has done its work. */
function loadedBy(module: string, env: NodeJS.ProcessEnv = {}): string[] {
  const script = `process.on('exit', () => console.log(Object.keys(require.cache).join('\\n')));
    require(${JSON.stringify(join(root, module))});`;
  const files = execFileSync(process.execPath, ['-r', 'tsx/cjs', '-e', script], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const names = files.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\/[^\n]*$/gm);
  const direct = Object.keys({ ...dependencies, ...peerDependencies });
  return [...new Set([...names].map(([, name]) => name ?? ''))]
    .filter((name) => direct.includes(name))
    .sort();
}

const { dependencies, peerDependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
) as Record<'dependencies' | 'peerDependencies', Readonly<Record<string, string>>>;

const manifests = ['cdk8s', 'cdk8s-plus-28', 'constructs', 'ip-address', 'yaml', 'zod'];

test('a synth loads what makes manifests, and no more', () => {
  const folder = mkdtempSync(join(tmpdir(), 'modules-'));
  try {
    const [inventories, dist] = [join(folder, 'inventory'), join(folder, 'dist')];
    cpSync(join(root, 'test/fixtures/valid/article.yaml'), join(inventories, 'article.yaml'));
    const env = { INVENTORY_DIR: inventories, CDK8S_OUTDIR: dist };
    expect(loadedBy('main.ts', env)).toEqual(manifests);
    const manifest = readFileSync(join(dist, 'article/wireguard.k8s.yaml'), 'utf8');
    expect(manifest).toContain('StatefulSet');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the public API loads no client of Cloudflare or a cluster, and nothing that encrypts files', () => {
  expect(loadedBy('lib/index.ts')).toEqual([...manifests, 'tweetnacl'].sort());
});

test('who reads an encrypted key loads nothing that encrypts', () => {
  expect(loadedBy('lib/keys/read-host-key.ts')).toEqual(['yaml']);
});
