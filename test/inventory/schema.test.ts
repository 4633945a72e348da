import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { inventorySchema } from '../../lib/inventory/schema';

// The comments above its keys take TypeScript, and seconds: another test reads them.
const isComment = (key: string): boolean => key === 'description' || key === 'examples';

test('an editor is told what the schema says', () => {
  const told: unknown = JSON.parse(
    readFileSync('inventory/schema.json', 'utf8'),
    (key, value: unknown) => (isComment(key) ? undefined : value),
  );
  expect(z.toJSONSchema(inventorySchema, { target: 'draft-7', io: 'input' })).toEqual(told);
});
