import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { reportUserErrors } from '../errors';
import { generatedFiles } from '../generated-docs';
import { print } from '../terminal';

export const command = new Command('npm run docs')
  .description(
    'Rewrites what comes from the code: inventory/schema.json, the table of keys in ' +
      'docs/inventory-keys.md, and the picture in README.md.',
  )
  .action(() =>
    reportUserErrors(() => {
      for (const [file, text] of generatedFiles()) {
        const isFresh = existsSync(file) && readFileSync(file, 'utf8') === text;
        if (!isFresh) writeFileSync(file, text);
        print(`${isFresh ? 'unchanged' : 'written'}  ${file}`);
      }
    }),
  );

if (require.main === module) void command.parseAsync();
