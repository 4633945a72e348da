import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { reportUserErrors, UserError } from '../errors';
import { readIfThere } from '../files';
import { print } from '../terminal';
import { runSynth, SYNTH_ENVIRONMENT } from './run-synth';

export const command = new Command('npm run update')
  .description(
    'Brings everything in line with the inventories: synthesizes dist/, renews the reviewed snapshot of ' +
      'it in test/, and says what changed. Then look at `git diff`, and commit.',
  )
  .allowExcessArguments(false)
  .addHelpText('after', SYNTH_ENVIRONMENT)
  .action(() => reportUserErrors(update));

const SNAPSHOT = 'test/manifests/__snapshots__/dist.test.ts.snap';

function update(): void {
  runSynth();
  const before = readIfThere(SNAPSHOT);
  const options = ['--selectProjects', 'unit', '--updateSnapshot', '--ci=false'];
  const jest = ['node_modules/jest/bin/jest.js', ...options, '--', 'test/manifests/dist.test.ts'];
  const { status, stderr } = spawnSync(process.execPath, jest, { encoding: 'utf8' });
  if (status !== 0) {
    throw new UserError([`${SNAPSHOT}: cannot be renewed:`, ...stderr.trim().split('\n')]);
  }
  print(`${SNAPSHOT}: ${readIfThere(SNAPSHOT) === before ? 'unchanged' : 'renewed'}`);
}

if (require.main === module) void command.parseAsync();
