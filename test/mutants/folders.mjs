/** What may be mutated, and the tests that have to notice: those a reader would look at. */

/** These let TypeScript read the sources' types and comments, which Stryker's changes overwrite. */
export const readTypes = ['test/(generated-docs|index)'];

const own = (name, goal = 80) => ({
  mutate: [`lib/${name}/**/*.ts`],
  tests: [`test/${name}/**/*.test.ts`],
  goal,
});

export const folders = {
  'lib/formats': own('formats'),
  'lib/yaml': own('yaml'),
  'lib/kubernetes': own('kubernetes'),
  'lib/inventory': own('inventory'),
  'lib/inventory-file': own('inventory-file'),
  'lib/manifests': own('manifests', 90),
  'lib/keys': own('keys'),
  'lib/dns': own('dns'),
  'lib/client': own('client'),
  'lib/commands': {
    ...own('commands'),
    tests: ['test/commands/**/*.test.ts', 'test/synth.test.ts'],
  },
  lib: { mutate: ['lib/*.ts'], tests: ['test/*.test.ts'], goal: 80 },
};
