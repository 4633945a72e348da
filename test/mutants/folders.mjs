/** What may be mutated, and the tests that have to notice: those a reader would look at. */

const inventory = ['formats', 'yaml', 'kubernetes', 'inventory'];

/** These let TypeScript read the sources' types and comments, which Stryker's changes overwrite. */
export const readTypes = ['test/inventory/(keys-heard|reference)', 'test/(generated-docs|index)'];

const own = (name, goal = 80) => ({
  mutate: [`lib/${name}/**/*.ts`],
  tests: [`test/${name}/**/*.test.ts`],
  goal,
});

/** Each has tests of its own, and shares those that read whole inventories. */
const read = (name) => ({
  ...own(name),
  tests: inventory.map((folder) => `test/${folder}/**/*.test.ts`),
});

export const folders = {
  'lib/formats': own('formats'),
  'lib/yaml': read('yaml'),
  'lib/kubernetes': read('kubernetes'),
  'lib/inventory': read('inventory'),
  'lib/inventory-file': own('inventory-file'),
  'lib/manifests': own('manifests', 90),
  'lib/keys': own('keys'),
  'lib/dns': own('dns'),
  'lib/client': own('client'),
  'lib/commands': { ...own('commands'), startsProcesses: true },
  lib: { mutate: ['lib/*.ts'], tests: ['test/*.test.ts'], goal: 80, startsProcesses: true },
};
