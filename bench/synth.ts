/**
 * What a synth costs: `npm run bench:synth` prints Markdown tables. Whole processes are measured,
 * and everything a figure is compared with is measured in the same run.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { largeInventory } from './large-inventory';
import { medians, type Cost, type Task } from './process';
import { table } from './table';

const root = process.cwd();
const scratch = mkdtempSync(join(tmpdir(), 'bench-'));
const run = ['node', 'bin/run.cjs', 'main.ts'] as const;
const hasTerraform = spawnSync('terraform', ['version'], { stdio: 'ignore' }).status === 0;

/** A task in this repository that writes elsewhere and does not ask for newer versions. */
function here(command: Task['command'], inventories = join(root, 'inventory')): Task {
  const outdir = join(scratch, 'dist');
  const env = { CDK8S_OUTDIR: outdir, CDK8S_CHECK_UPGRADE: 'false', INVENTORY_DIR: inventories };
  return { command, cwd: root, env };
}

/**
 * Terraform with the article's templates: what rendering alone takes, asked for as a checksum, and
 * what an apply takes, which renders twice and writes its state as we write manifests.
 */
function terraform(inventory: string, name: string): Task[] {
  const cwd = join(scratch, `terraform-${name}`);
  cpSync(join(root, 'bench/terraform'), cwd, { recursive: true });
  writeFileSync(join(cwd, 'inventory.yaml'), inventory);
  const env = { CHECKPOINT_DISABLE: '1' };
  const state = ['-state=none', '-state-out=state', '-backup=-'];
  return [
    { command: ['terraform', 'console'], cwd, env, input: 'sha1(jsonencode(local.files))\n' },
    { command: ['terraform', 'apply', '-auto-approve', '-input=false', ...state], cwd, env },
  ];
}

const seconds = (cost?: Cost) => `${(cost?.seconds ?? NaN).toFixed(3)} s`;
const times = (a?: Cost, b?: Cost) => ((a?.seconds ?? NaN) / (b?.seconds ?? NaN)).toFixed(2);

async function exampleInventory(): Promise<void> {
  const cli = ['npx', 'cdk8s', 'synth', '-o', join(scratch, 'cli')] as const;
  const [floor, bare, npm, npmAlone, cliAlone, cliSynth] = await medians(
    [
      here(['node', '-e', "require('cdk8s-plus-28')"]),
      here(run),
      here(['npm', 'run', 'synth']),
      here(['npm', '--version']),
      here(['npx', 'cdk8s', '--version']),
      here(cli),
    ],
    Number(process.env['BENCH_RUNS'] ?? 11),
  );
  table(
    ['the example inventory', 'median', 'of the floor', "of the CLI's start-up"],
    [
      ['`node -e "require(\'cdk8s-plus-28\')"`, the floor', seconds(floor), '1', ''],
      [`\`${run.join(' ')}\``, seconds(bare), times(bare, floor), ''],
      ['`npm run synth`', seconds(npm), times(npm, floor), ''],
      ['`npm --version`', seconds(npmAlone), times(npmAlone, floor), ''],
      ["`npx cdk8s --version`, the CLI's start-up", seconds(cliAlone), '', '1'],
      ['`npx cdk8s synth`', seconds(cliSynth), '', times(cliSynth, cliAlone)],
    ],
  );
}

async function growth(): Promise<void> {
  const sizes = [
    [10, 10],
    [100, 10],
    [1000, 10],
    [10_000, 10],
    [10, 1],
    [10, 100],
    [10, 1000],
    [10, 4000],
    [10_000, 4000],
  ] as const;
  const rows: string[][] = [];
  for (const [peers, services] of sizes) {
    const name = `${peers}-${services}`;
    const inventory = largeInventory(peers, services);
    const folder = join(scratch, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'large.yaml'), inventory);
    const tasks = [here(run, folder), ...(hasTerraform ? terraform(inventory, name) : [])];
    const [ours, rendered, applied] = await medians(tasks, 3);
    const shown = (cost?: Cost) =>
      cost ? `${seconds(cost)}, ${cost.mebibytes.toFixed(0)} MiB` : 'not installed';
    const share = applied ? times(ours, applied) : '';
    rows.push([`${peers}`, `${services}`, ...[ours, rendered, applied].map(shown), share]);
  }
  table(
    ['peers', 'services', 'synth', 'Terraform renders', 'Terraform applies', 'synth / apply'],
    rows,
  );
}

async function main(): Promise<void> {
  const [cpu] = cpus();
  console.log(`${cpus().length} x ${cpu?.model ?? 'unknown'}, Node ${process.version}\n`);
  try {
    await exampleInventory();
    await growth();
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

void main();
