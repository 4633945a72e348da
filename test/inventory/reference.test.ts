import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { jsonSchema, keysTable, withKeysTable } from '../../lib/inventory/reference';
import { entries } from '../../lib/inventory/lenient';
import { readYaml } from '../../lib/inventory/yaml-source';

describe('what `npm run schema` writes', () => {
  it('is fresh in inventory/schema.json', () => {
    expect(JSON.parse(readFileSync('inventory/schema.json', 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(jsonSchema())),
    );
  });

  it('is fresh in README.md', () => {
    const page = readFileSync('README.md', 'utf8');
    expect(withKeysTable(page)).toBe(page);
    expect(page).toContain(keysTable());
  });

  it('is named in the example, for editors', () => {
    expect(readFileSync('inventory/myth.yaml', 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\/schema\.json\n/,
    );
  });
});

describe('the JSON Schema', () => {
  const schema = z.fromJSONSchema(jsonSchema());
  const empty = { network: '10.1.3.16/28', peers: {}, services: {} };

  it.each([
    ['an unknown key', { ...empty, netwrok: 1 }],
    ['a missing key', { network: '10.1.3.16/28', peers: {} }],
    ['a value of the wrong kind', { ...empty, mtu: 'large' }],
    ['a number out of range', { ...empty, nodePort: 342 }],
    ['an offset that is none', { ...empty, services: { ten: [] } }],
  ])('refuses %s', (_, inventory) => {
    expect(schema.safeParse(empty)).toMatchObject({ success: true });
    expect(schema.safeParse(inventory)).toMatchObject({ success: false });
  });

  it('has no key that test/fixtures/valid/everything.yaml leaves out', () => {
    const yaml = readYaml(readFileSync('test/fixtures/valid/everything.yaml', 'utf8'));
    if ('faults' in yaml) throw new Error('not YAML');
    const keys = entries(yaml.data).map(([key]) => key);
    expect(keys.sort()).toEqual(Object.keys(jsonSchema().properties ?? {}).sort());
  });

  it('explains every key', () => {
    const rows = keysTable().split('\n').slice(2);
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((row) => (row.split(' | ')[1] ?? '').length < 10)).toEqual([]);
  });
});
