import { Command } from 'commander';
import { reportUserErrors } from '../errors';
import { graph } from '../graph';
import { inventoryOf } from './inventories';

export const command = new Command('npm run --silent graph --')
  .description('Prints the inventory of a cluster as a Mermaid flowchart.')
  .argument('<cluster>', 'name of an inventory file without .yaml')
  .addHelpText(
    'after',
    `
Environment:
  INVENTORY_DIR   folder of the inventories (default: inventory)

Example:
  npm run --silent graph -- myth > myth.mmd`,
  )
  .action((cluster: string) =>
    reportUserErrors(() => {
      process.stdout.write(graph(inventoryOf(cluster)));
    }),
  );

if (require.main === module) void command.parseAsync();
