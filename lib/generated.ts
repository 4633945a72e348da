import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { graph } from './graph';
import { checkInventory } from './inventory/check';
import { jsonSchema, keysTable } from './inventory/reference';

/** The inventory of the picture: the example as it is shipped, whatever becomes of `inventory/`. */
const EXAMPLE = 'test/fixtures/valid/article.yaml';

/**
 * What `npm run docs` keeps in step with the code, by file: the JSON Schema, and the README with its
 * picture and its table of keys. A README without their markers, as one's own, stays as it is. Reads the
 * example in the working directory.
 *
 * @param page the README's text @default that of the README in the working directory
 */
export function generatedFiles(
  page = readFileSync('README.md', 'utf8'),
): ReadonlyMap<string, string> {
  const schema = jsonSchema();
  const myth = checkInventory(parse(readFileSync(EXAMPLE, 'utf8')), 'myth');
  const picture = `\`\`\`mermaid\n${graph(myth)}\`\`\``;
  const table = `<!-- prettier-ignore -->\n${keysTable(schema)}`;
  return new Map([
    ['inventory/schema.json', `${JSON.stringify(schema, undefined, 2)}\n`],
    ['README.md', between(between(page, 'graph', picture), 'keys', table)],
  ]);
}

/** A page with other text between the markers `<!-- name: begin ... -->` and `<!-- name: end -->`. */
function between(page: string, name: string, text: string): string {
  const part = new RegExp(`(<!-- ${name}: begin[^\\n]*\\n).*?(<!-- ${name}: end -->)`, 's');
  return page.replace(part, (_, begin: string, end: string) => `${begin}\n${text}\n\n${end}`);
}
