import { Command } from 'commander';
import { reportUserErrors } from '../errors';
import { runSynth } from './run-synth';

const command = new Command('npm run synth')
  .description(
    'Writes dist/<cluster>/wireguard.k8s.yaml for each inventory/<cluster>.yaml, and says what changed. ' +
      'A fault in any inventory leaves dist/ as it was.',
  )
  .allowExcessArguments(false)
  .addHelpText(
    'after',
    `
Environment:
  INVENTORY_DIR   folder of the inventories (default: inventory)
  CDK8S_OUTDIR    folder of the manifests (default: dist)`,
  )
  .action(() => reportUserErrors(runSynth));

void command.parseAsync();
