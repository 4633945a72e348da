import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { checkInventory } from '../../lib/inventory/check';
import { article } from '../an-inventory';

const page = readFileSync('docs/customize.md', 'utf8');
const recipes = [...page.matchAll(/^```yaml\n((?:service|pod):.*?)^```/gms)].map(
  ([, yaml]) => yaml,
);

test.each(recipes)('the recipe is an inventory’s: %s', (recipe) => {
  const keys = parse(recipe ?? '') as object;
  expect(() => checkInventory({ ...article, ...keys }, 'myth')).not.toThrow();
});

test('there is a recipe for the pod, and one for each load balancer', () => {
  expect(recipes).toHaveLength(5);
});
