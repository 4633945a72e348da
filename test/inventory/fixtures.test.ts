import { readdirSync, readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { loadInventory } from '../../lib/inventory/load';
import { inventoryWarnings } from '../../lib/inventory/warnings';
import { readYaml } from '../../lib/yaml/yaml-source';
import { faultsOf } from './faults';

/**
 * Each fixture is named by its point and says in its first comment what must happen. Its `#!` lines
 * are the faults (as `line:column: ...`) or the warnings it must bring, all of them and in order.
 */
function fixtures(folder: string): { name: string; file: string; expected: string[] }[] {
  return readdirSync(folder).map((name) => {
    const file = `${folder}/${name}`;
    const lines = readFileSync(file, 'utf8').split('\n');
    const expected = lines.filter((line) => line.startsWith('#! ')).map((line) => line.slice(3));
    return { name, file, expected };
  });
}

const valid = fixtures('test/fixtures/valid');
const invalid = fixtures('test/fixtures/invalid');

const validate = new Ajv({ strict: false }).compile(
  JSON.parse(readFileSync('inventory/schema.json', 'utf8')) as object,
);

describe('fixtures that must be refused', () => {
  it.each(invalid)('$name', ({ file, expected }) => {
    expect(faultsOf(() => loadInventory(file))).toEqual(expected.map((line) => `${file}:${line}`));
    expect(expected).not.toHaveLength(0);
  });
});

describe('fixtures that must be accepted', () => {
  it.each(valid)('$name', ({ file, expected }) => {
    const inventory = loadInventory(file);
    expect(inventoryWarnings(inventory)).toEqual(
      expected.map((line) => `${inventory.cluster}: ${line}`),
    );
  });

  // An editor must not underline what we accept. Editors validate as ajv does, not as zod.
  it.each(valid)('$name, by the JSON Schema', ({ file }) => {
    const yaml = readYaml(readFileSync(file, 'utf8'));
    validate('data' in yaml && yaml.data);
    expect(validate.errors).toBeNull();
  });
});

it.each([
  ['unknown-key', 'must NOT have additional properties'],
  ['missing-keys', "must have required property 'services'"],
  ['replicas-range', 'must be >= 1'],
  ['key-too-short', 'must match pattern'],
])('an editor underlines %s', (name, message) => {
  const yaml = readYaml(readFileSync(`test/fixtures/invalid/${name}.yaml`, 'utf8'));
  expect(validate('data' in yaml && yaml.data)).toBe(false);
  expect(validate.errors?.map((error) => error.message).join('; ')).toContain(message);
});

it('has fixtures', () => {
  expect(valid.length).toBeGreaterThanOrEqual(15);
  expect(invalid.length).toBeGreaterThanOrEqual(60);
});
