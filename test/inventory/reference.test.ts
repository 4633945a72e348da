import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { keysTable } from '../../lib/inventory/reference';
import { readYaml } from '../../lib/yaml/yaml-source';

describe('the JSON Schema', () => {
  // Another test holds the file to the code, which reads its own types: that takes seconds.
  const json = JSON.parse(
    readFileSync('inventory/schema.json', 'utf8'),
  ) as z.core.JSONSchema.BaseSchema;
  const schema = z.fromJSONSchema(json);
  const empty = { network: '10.1.3.16/28', peers: {}, services: {} };

  it.each([
    ['an unknown key', { ...empty, netwrok: 1 }],
    ['a missing key', { network: '10.1.3.16/28', peers: {} }],
    ['a value of the wrong kind', { ...empty, mtu: 'large' }],
    ['a number out of range', { ...empty, nodePort: 70000 }],
    ['an offset that is none', { ...empty, services: { ten: [] } }],
  ])('refuses %s', (_, inventory) => {
    expect(schema.safeParse(empty)).toMatchObject({ success: true });
    expect(schema.safeParse(inventory)).toMatchObject({ success: false });
  });

  it('has no key that test/fixtures/valid/everything.yaml leaves out', () => {
    const yaml = readYaml(readFileSync('test/fixtures/valid/everything.yaml', 'utf8'));
    if ('issues' in yaml) throw new Error('not YAML');
    const keys = Object.keys(yaml.data as object);
    expect(keys.sort()).toEqual(Object.keys(json.properties ?? {}).sort());
  });

  it('explains every key', () => {
    const rows = keysTable(json).split('\n').slice(2);
    expect(rows.length).toBeGreaterThan(40);
    expect(rows.filter((row) => (row.split(' | ')[1] ?? '').length < 10)).toEqual([]);
  });

  it('says which keys are required and what the default of the others is', () => {
    const table = keysTable({
      type: 'object',
      required: ['needed', 'entries'],
      properties: {
        needed: { type: 'string', description: 'One.' },
        number: { type: 'integer', default: 1 },
        none: { type: 'string' },
        empty: { type: 'string', default: '' },
        defaults: { type: 'object', default: {} },
        word: { type: 'string', default: 'a' },
        list: { type: 'array', default: [], items: { properties: { item: {} } } },
        entries: { additionalProperties: { anyOf: [{ properties: { value: {} } }, {}] } },
        named: {
          propertyNames: { title: 'name' },
          additionalProperties: { properties: { x: {} } },
        },
        deep: { properties: { deeper: { properties: { deepest: {} } } } },
      },
    });
    expect(table.split('\n')).toEqual([
      '| key | what it is | default |',
      '| --- | --- | --- |',
      '| `needed` | One. | **required** |',
      '| `number` |  | `1` |',
      '| `none` |  |  |',
      '| `empty` |  |  |',
      '| `defaults` |  |  |',
      '| `word` |  | `a` |',
      '| `list` |  | `[]` |',
      '| `list[].item` |  |  |',
      '| `entries` |  | **required** |',
      '| `entries.<key>.value` |  |  |',
      '| `named` |  |  |',
      '| `named.<name>.x` |  |  |',
      '| `deep` |  |  |',
      '| `deep.deeper` |  |  |',
    ]);
  });
});
