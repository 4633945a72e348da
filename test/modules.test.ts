import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..');

/** Packages that are loaded when main.ts has written its manifests. */
function loadedBySynth(): Set<string> {
  const outdir = mkdtempSync(join(tmpdir(), 'modules-'));
  try {
    const script = `process.on('exit', () => console.log(Object.keys(require.cache).join('\\n')));
      require(${JSON.stringify(join(root, 'main.ts'))});`;
    const files = execFileSync(process.execPath, ['-r', 'tsx/cjs', '-e', script], {
      cwd: root,
      env: { ...process.env, CDK8S_OUTDIR: outdir },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(readFileSync(join(outdir, 'myth/wireguard.k8s.yaml'), 'utf8')).toContain('StatefulSet');
    return new Set(
      [...files.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\/[^\n]*$/gm)].map(
        ([, n]) => n ?? '',
      ),
    );
  } finally {
    rmSync(outdir, { recursive: true });
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
