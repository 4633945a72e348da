import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadInventories } from '../../lib/inventory/load';
import { faultsOf } from '../inventory/faults';
import { emptyFolder } from '../keys/fixtures';

const page = readFileSync(join(__dirname, '../../docs/inventory.md'), 'utf8');

test('docs/inventory.md shows the messages as they are', () => {
  const folder = join(emptyFolder(), 'inventory');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'myth.yaml'),
    `network: 10.1.3.16/28
peers:
  010.1.2.4: { name: hero, pubkey: IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0= }
services:
  1: [{ name: postgresql, dest: postgresql:5432, port: 5432 }]
netwrokPolicies: [postgresql]
`,
  );
  const faults = faultsOf(() => loadInventories(folder));
  expect(faults).toHaveLength(3);
  const shown = faults.map((fault) => fault.replace(folder, 'inventory'));
  expect(page).toContain(`\n\`\`\`\n${shown.join('\n')}\n\`\`\`\n`);
});
