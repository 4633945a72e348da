/**
 * `npm run test:cluster -- --context <name>`: runs the tests of this folder against a cluster. All they
 * make is labelled; another process removes it when this one ends, however it ends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { missingFeatures, nodeAddress, wireguardInKernel } from './harness/found';
import { kubectl } from './harness/kubectl';
import { environment, features, type Feature, RUN_LABEL, type Settings } from './harness/settings';
import { awaitWorld, createWorld } from './harness/world';

interface Options {
  readonly context: string;
  readonly kubeconfig?: string;
  readonly image?: string;
  readonly exporterImage?: string;
  readonly restartKubelet?: string;
  readonly without: string;
}

const repository = join(__dirname, '../..');

const program = new Command('npm run test:cluster --')
  .description('Tries the synthesized manifests on a real cluster, in namespaces of their own.')
  .argument('[pattern...]', 'names of test files')
  .requiredOption('--context <name>', 'context to use; the default one is never taken')
  .option('--kubeconfig <file>', "kubeconfig file (default: kubectl's own)")
  .option('--image <image>', 'one image for all containers, where nothing can be pulled')
  .option('--exporter-image <image>', 'one for the exporter, likewise')
  .option('--restart-kubelet <command>', "a shell command that restarts the node's kubelet")
  .option(
    '--without <features>',
    `what the cluster may lack, with commas: ${Object.keys(features).join(', ')}`,
    '',
  )
  .action(main);

async function main(patterns: readonly string[], options: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'test-cluster-'));
  const run = `wgtest-${Date.now().toString(36).slice(-5)}`;
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, await contextAlone(options), { mode: 0o600 });
  process.env.KUBECONFIG = kubeconfig;

  const janitor = startJanitor(run, folder);
  try {
    process.exitCode = await test(patterns, options, { run, folder, kubeconfig }, janitor);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  } finally {
    janitor.stdin?.end();
    await ended(janitor);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function test(
  patterns: readonly string[],
  { context, image, exporterImage, restartKubelet, without }: Options,
  begun: Pick<Settings, 'run' | 'folder' | 'kubeconfig'>,
  janitor: ChildProcess,
): Promise<number> {
  const accepted = without.split(',').filter(Boolean) as Feature[];
  const unknown = accepted.filter((feature) => !(feature in features));
  if (unknown.length > 0) throw new Error(`--without ${unknown.join(',')}: no such feature`);

  const common = { ...begun, context, node: await nodeAddress(), ...(image && { image }) };
  const userspace = !(await wireguardInKernel(common));
  if (userspace && !image)
    throw new Error(
      "The node's kernel has no WireGuard, and the default image no wireguard-go: name one with --image.",
    );
  await createWorld({ ...common, userspace });
  await awaitWorld({ ...common, userspace });

  const missing = await missingFeatures(common, restartKubelet);
  for (const feature of missing) console.error(`The cluster ${features[feature]}.`);
  const surprising = missing.filter((feature) => !accepted.includes(feature));
  if (surprising.length > 0)
    throw new Error(
      `To run the other tests: --without ${[...new Set([...accepted, ...missing])].join(',')}`,
    );

  const settings: Settings = {
    ...common,
    userspace,
    without: [...new Set([...accepted, ...missing])],
    ...(exporterImage && { exporterImage }),
    ...(restartKubelet && { restartKubelet }),
  };
  const jest = spawn(
    join(repository, 'node_modules/.bin/jest'),
    ['--selectProjects', 'cluster', '--runInBand', '--verbose', ...patterns],
    { cwd: repository, env: environment(settings), stdio: 'inherit', detached: true },
  );
  janitor.stdin?.write(`${jest.pid}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => jest.kill());
  return ended(jest);
}

/** Removes all that carries the run's label once its standard input ends, as it does with this process. */
function startJanitor(run: string, folder: string): ChildProcess {
  const script = `
    for group in $(cat); do kill -KILL -- "-$group" 2>/dev/null; done
    kubectl delete namespace,crd -l ${RUN_LABEL}=${run} --timeout=120s >/dev/null || echo 'Not all of ${run} is gone.' >&2
    rm -rf '${folder}'`;
  return spawn('sh', ['-c', script], { stdio: ['pipe', 'inherit', 'inherit'], detached: true });
}

async function contextAlone({ context, kubeconfig }: Options): Promise<string> {
  const from = kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig];
  return kubectl(['config', 'view', '--minify', '--flatten', '--context', context, ...from]);
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve) =>
    child.once('exit', (code) => {
      resolve(code ?? 1);
    }),
  );
}

void program.parseAsync();
