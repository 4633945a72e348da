import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { graph } from './graph';
import { checkInventory } from './inventory/check';
import { jsonSchema, keysTable } from './inventory/reference';

/** The inventory of the picture: the example as it is shipped, whatever becomes of `inventory/`. */
const EXAMPLE = 'test/fixtures/valid/article.yaml';

/** The page with the table of keys. */
const KEYS = 'docs/inventory-keys.md';

/**
 * What `npm run docs` keeps in step with the code, by file: the JSON Schema, the table of keys, and
 * the picture in the README. Reads the pages and the example in the working directory.
 */
export function generatedFiles(): ReadonlyMap<string, string> {
  const schema = jsonSchema();
  const table = `<!-- prettier-ignore -->\n${keysTable(schema)}`;
  return new Map([
    ['inventory/schema.json', `${JSON.stringify(schema, undefined, 2)}\n`],
    [KEYS, between(readFileSync(KEYS, 'utf8'), 'keys', table)],
    ['README.md', withPicture(readFileSync('README.md', 'utf8'))],
  ]);
}

/**
 * A README with the picture of the example. One without the picture's markers, such as one of your own,
 * stays as it is.
 */
export function withPicture(readme: string): string {
  const myth = checkInventory(parse(readFileSync(EXAMPLE, 'utf8')), 'myth');
  return between(readme, 'graph', `\`\`\`mermaid\n${graph(myth)}\`\`\``);
}

/** A page with other text between the markers `<!-- name: begin ... -->` and `<!-- name: end -->`. */
function between(page: string, name: string, text: string): string {
  const part = new RegExp(`(<!-- ${name}: begin[^\\n]*\\n).*?(<!-- ${name}: end -->)`, 's');
  return page.replace(part, (_, begin: string, end: string) => `${begin}\n${text}\n\n${end}`);
}
