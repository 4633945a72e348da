import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../lib/commands/synth';
import { run } from './commands/run';
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

/** Another cluster: the article's, which makes no record. */
function addCluster(name: string): void {
  const text = readFileSync(join(inventory, 'article.yaml'), 'utf8');
  writeFileSync(join(inventory, `${name}.yaml`), text.replace(/^dns:.*\n/m, ''));
}

const synth = () => {
  const env = { INVENTORY_DIR: inventory, CDK8S_OUTDIR: out };
  return run(command, [], { folder: root, env });
};
const manifest = () => readFileSync(join(out, 'article', file), 'utf8');

test('one file a cluster, the same bytes each time', async () => {
  addCluster('other');
  expect(await synth()).toMatchObject({ code: 0 });
  const first = manifest();
  expect(readdirSync(out)).toEqual(['.wireguard-endpoint', 'article', 'other']);
  expect(readdirSync(join(out, 'article'))).toEqual([file]);
  expect(await synth()).toMatchObject({ code: 0 });
  expect(manifest()).toBe(first);
  expect(readdirSync(folder)).toEqual(['inventory', 'out']);
});

test('a faulty inventory is explained, and leaves every manifest as it was', async () => {
  await synth();
  writeFileSync(join(out, 'article', file), 'old');
  writeFileSync(join(inventory, 'other.yaml'), 'network: 10.1.3.17/28\npeers: {}\nservices: {}\n');
  const { code, err } = await synth();
  expect(code).toBe(1);
  expect(err).toBe(
    `${inventory}/other.yaml:1:10: network: "10.1.3.17/28": has bits set behind its prefix length; write 10.1.3.16/28\n`,
  );
  expect(manifest()).toBe('old');
  expect(readdirSync(folder)).toEqual(['inventory', 'out']);
});

test('the manifest of a cluster that is gone goes, other files stay', async () => {
  addCluster('other');
  addCluster('third');
  await synth();
  writeFileSync(join(out, 'third', 'kustomization.yaml'), 'resources: []\n');
  rmSync(join(inventory, 'other.yaml'));
  rmSync(join(inventory, 'third.yaml'));
  await synth();
  expect(readdirSync(out)).toEqual(['.wireguard-endpoint', 'article', 'third']);
  expect(readdirSync(join(out, 'third'))).toEqual(['kustomization.yaml']);
});

test('what changed is said', async () => {
  expect((await synth()).out).toBe(`${out}/article/${file}: new\n`);
  expect((await synth()).out).toBe(`${out}/article/${file}: unchanged\n`);
  const text = readFileSync(join(inventory, 'article.yaml'), 'utf8');
  writeFileSync(join(inventory, 'article.yaml'), text.replace('10.1.2.9', '10.1.2.10'));
  expect((await synth()).out).toBe(
    `${out}/article/${file}: changed: ConfigMap wireguard (nginx.cfg, wg0.cfg, wg0.ip)\n`,
  );
});

test('what is missing or odd is said on stderr', async () => {
  rmSync(join(inventory, 'article.yaml'));
  writeFileSync(join(inventory, 'mine.yaml'), 'network: 10.1.3.16/28\npeers: {}\nservices: {}\n');
  const { code, out: said, err } = await synth();
  expect({ code, said }).toEqual({ code: 0, said: `${out}/mine/${file}: new\n` });
  expect(err).toMatch(/^mine: no host key yet: make one with npm run keygen -- mine$/m);
});
