import { Command } from 'commander';
import { reportUserErrors } from '../errors';
import { runSynth, SYNTH_ENVIRONMENT } from './run-synth';

export const command = new Command('npm run synth')
  .description(
    'Writes dist/<cluster>/wireguard.k8s.yaml for each inventory/<cluster>.yaml, and says what changed. ' +
      'A fault in any inventory leaves dist/ as it was.',
  )
  .allowExcessArguments(false)
  .addHelpText('after', SYNTH_ENVIRONMENT)
  .action(() => reportUserErrors(runSynth));

if (require.main === module) void command.parseAsync();
