import { join } from 'node:path';
import { Command } from 'commander';
import { reportUserErrors } from '../errors';
import { graph } from '../graph';
import { loadInventory } from '../inventory/load';

const command = new Command('npm run --silent graph --')
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
      const folder = process.env['INVENTORY_DIR'] ?? 'inventory';
      process.stdout.write(graph(loadInventory(join(folder, `${cluster}.yaml`))));
    }),
  );

void command.parseAsync();
