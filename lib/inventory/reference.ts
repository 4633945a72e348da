import { z } from 'zod';
import { inventorySchema } from './schema';

/** What of JSON Schema the inventory's own schema uses. */
interface JsonSchema {
  readonly description?: string;
  readonly title?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
}

/** `inventory/schema.json`: JSON Schema draft 7, which editors complete and explain keys by. */
export function jsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(inventorySchema, { target: 'draft-7', io: 'input' });
}

/** The keys of an inventory as a Markdown table, in the order of the schema. */
export function keysTable(): string {
  const rows = keyRows('', jsonSchema() as JsonSchema);
  return ['| key | what it is | default |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The second level's descriptions speak for what is below. */
const DEEPEST = 2;

function keyRows(path: string, schema: JsonSchema, level = 1): string[] {
  if (level > DEEPEST) return [];
  const { properties = {}, required = [], additionalProperties, propertyNames, items } = schema;
  const inner = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return [
    ...Object.entries(properties).flatMap(([key, value]) => {
      const name = path === '' ? key : `${path}.${key}`;
      return [row(name, value, required.includes(key)), ...keyRows(name, value, level + 1)];
    }),
    ...(inner ? keyRows(`${path}.<${propertyNames?.title ?? 'key'}>`, inner, level) : []),
    ...(items ? keyRows(`${path}[]`, items, level) : []),
  ];
}

function row(name: string, schema: JsonSchema, required: boolean): string {
  const fallback = typeof schema.default === 'string' ? schema.default : json(schema.default);
  const shown = fallback === '' || fallback === '{}' ? '' : `\`${fallback}\``;
  return `| \`${name}\` | ${schema.description ?? ''} | ${required ? '**required**' : shown} |`;
}

function json(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}
