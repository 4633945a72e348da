import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { loadInventory } from '../../lib/inventory/load';
import { nginxCfg } from '../../lib/manifests/pod/nginx-cfg';

const article = 'test/fixtures/valid/article.yaml';

const BY_TSX = ['--import', 'tsx'];
/** In a third of the time. */
const BUNDLED = ['bin/run.cjs'];

function run(how: readonly string[], example: string, ...args: string[]) {
  return spawnSync(process.execPath, [...how, `examples/${example}`, ...args], {
    encoding: 'utf8',
  });
}

/** A command that prints a value as JSON. */
function printing(value: unknown): [string, ...string[]] {
  return [process.execPath, '-e', `console.log(${JSON.stringify(JSON.stringify(value))})`];
}

/** The proxy's configuration among printed manifests. */
function proxyIn(manifests: string): unknown {
  const found = manifests.split('---\n').find((one) => one.includes('kind: ConfigMap'));
  return (parse(found ?? '') as { data: Record<string, unknown> }).data['nginx.cfg'];
}

test('an inventory from a command makes the same manifests as from a file', () => {
  const inventory: unknown = parse(readFileSync(article, 'utf8'));
  const { status, stdout } = run(BY_TSX, 'from-a-command.ts', 'myth', ...printing(inventory));
  expect(status).toBe(0);
  expect(proxyIn(stdout)).toBe(nginxCfg(loadInventory(article)));
});

test('a faulty inventory from a command is refused by path, and nothing is printed', () => {
  const { status, stdout, stderr } = run(
    BUNDLED,
    'from-a-command.ts',
    'myth',
    ...printing({ network: 1 }),
  );
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toBe(
    'myth: network: 1: must be text; put it in quotes\n' +
      'myth: peers: is missing; add it\n' +
      'myth: services: is missing; add it\n',
  );
});

test.each([
  ['no arguments', [], /^give the name of the cluster, then a command [^\n]*\n$/],
  ['no such command', ['myth', './none'], /^\.\/none: cannot be run [^\n]*ENOENT\)\n$/],
  ['a command that fails', ['myth', 'false'], /^false: ended with exit code 1\n$/],
  ['no JSON', ['myth', 'echo', 'a: 1'], /^echo: what it printed is no JSON\n$/],
])('%s: one line', (_, args, message) => {
  const { status, stdout, stderr } = run(BUNDLED, 'from-a-command.ts', ...args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(message);
});

test('an inventory in TypeScript makes manifests', () => {
  expect(proxyIn(run(BY_TSX, 'in-typescript.ts').stdout)).toMatch(
    /listen 10\.1\.3\.17:5432 .*\n\t\tset \$service mariadb;/,
  );
});
