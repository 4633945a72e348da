import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { command } from '../../lib/commands/graph';
import { graph } from '../../lib/graph';
import { checkInventory } from '../../lib/inventory/check';
import { article } from '../an-inventory';
import { emptyFolder } from '../keys/fixtures';
import { run } from './run';

test('the picture is all of the output', async () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'clusters'));
  writeFileSync(join(folder, 'clusters/myth.yaml'), stringify(article));
  const place = { folder, env: { INVENTORY_DIR: 'clusters' } };
  const out = graph(checkInventory(article, 'myth'));
  expect(await run(command, ['myth'], place)).toEqual({ code: 0, out, err: '' });
  expect(await run(command, ['myht'], place)).toMatchObject({
    code: 1,
    out: '',
    err: 'unknown cluster "myht"; did you mean "myth"? There are: myth\n',
  });
});
