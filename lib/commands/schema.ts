/** Rewrites `inventory/schema.json` and the table of keys in `README.md` from the schema. */
import { readFileSync, writeFileSync } from 'node:fs';
import { jsonSchema, withKeysTable } from '../inventory/reference';

const page = 'README.md';
writeFileSync('inventory/schema.json', `${JSON.stringify(jsonSchema(), undefined, 2)}\n`);
writeFileSync(page, withKeysTable(readFileSync(page, 'utf8')));
