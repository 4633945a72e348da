import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..');

/** Packages that are loaded when main.ts has written its manifests. */
function loadedBySynth(): Set<string> {
  const folder = mkdtempSync(join(tmpdir(), 'modules-'));
  cpSync(join(root, 'test/fixtures/valid/article.yaml'), join(folder, 'inventory/article.yaml'));
  try {
    const script = `process.on('exit', () => console.log(Object.keys(require.cache).join('\\n')));
      require(${JSON.stringify(join(root, 'main.ts'))});`;
    const files = execFileSync(process.execPath, ['-r', 'tsx/cjs', '-e', script], {
      cwd: root,
      env: {
        ...process.env,
        INVENTORY_DIR: join(folder, 'inventory'),
        CDK8S_OUTDIR: join(folder, 'dist'),
      },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(readFileSync(join(folder, 'dist/article/wireguard.k8s.yaml'), 'utf8')).toContain(
      'StatefulSet',
    );
    return new Set(
      [...files.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\/[^\n]*$/gm)].map(
        ([, n]) => n ?? '',
      ),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface PackageJson {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson;

test('a synth loads what makes manifests, and no more', () => {
  const direct = Object.keys(packageJson.dependencies);
  expect([...loadedBySynth()].filter((name) => direct.includes(name)).sort()).toEqual([
    'cdk8s',
    'cdk8s-plus-28',
    'constructs',
    'ip-address',
    'yaml',
    'zod',
  ]);
});

test('docs/dependencies.md has every dependency and no other', () => {
  const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
  const { dependencies, devDependencies } = packageJson;
  expect(listed.sort()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).sort());
});

test('every version is pinned', () => {
  const { dependencies, devDependencies } = packageJson;
  for (const version of Object.values({ ...dependencies, ...devDependencies })) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
});
