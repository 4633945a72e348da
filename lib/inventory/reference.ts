import { join } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';
import { inventorySchema } from './schema';

/** What of JSON Schema the inventory's own schema uses. */
interface JsonSchema {
  description?: string;
  examples?: readonly unknown[];
  readonly title?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly propertyNames?: JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

/** `inventory/schema.json`: JSON Schema draft 7, which editors complete and explain keys by. */
export function jsonSchema(): z.core.JSONSchema.BaseSchema {
  const schema = z.toJSONSchema(inventorySchema, { target: 'draft-7', io: 'input' });
  const { checker, type } = inputType();
  explain(schema as JsonSchema, type, checker);
  return schema;
}

/** The type of an inventory's file, with the comments above its keys. */
function inputType(): { readonly checker: ts.TypeChecker; readonly type: ts.Type } {
  const file = join(__dirname, 'schema.ts');
  const { config } = ts.readConfigFile('tsconfig.json', (name) => ts.sys.readFile(name)) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, types: [] },
    '.',
  );
  const program = ts.createProgram([file], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  const input = module?.exports?.get(ts.escapeLeadingUnderscores('InventoryInput'));
  if (input === undefined) throw new Error('there is no type InventoryInput');
  return { checker, type: checker.getDeclaredTypeOfSymbol(input) };
}

/** Puts the comments above the keys of a type into the JSON Schema of the same shape. */
function explain(schema: JsonSchema, type: ts.Type, checker: ts.TypeChecker): void {
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    const symbol = type.getProperty(key);
    if (symbol === undefined) throw new Error(`the type has no key ${key}`);
    const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker));
    inner.description = comment.replaceAll('\n', ' ');
    const examples = symbol
      .getJsDocTags(checker)
      .filter(({ name }) => name === 'example')
      .map(({ text }) => ts.displayPartsToString(text));
    if (examples.length > 0)
      inner.examples = examples.map(
        (one) => (inner.type !== 'string' && /^[[{]/.test(one) ? JSON.parse(one) : one) as unknown,
      );
    explain(inner, checker.getTypeOfSymbol(symbol).getNonNullableType(), checker);
  }
  const { items, additionalProperties: values, anyOf = [] } = schema;
  for (const alternative of anyOf) {
    if (alternative.type !== 'object') continue;
    const object = type.isUnion() && type.types.find((one) => one.flags & ts.TypeFlags.Object);
    if (object) explain(alternative, object, checker);
  }
  const [item, value] = [type.getNumberIndexType(), type.getStringIndexType()];
  if (items && item) explain(items, item, checker);
  if (typeof values === 'object' && value) explain(values, value, checker);
}

/** The keys of an inventory as a Markdown table, in the order of the schema. */
export function keysTable(schema: z.core.JSONSchema.BaseSchema): string {
  const rows = keyRows('', schema as JsonSchema);
  return ['| key | what it is | default |', '| --- | --- | --- |', ...rows].join('\n');
}
/** The second level's descriptions speak for what is below. */
const DEEPEST = 2;

function keyRows(path: string, schema: JsonSchema, level = 1): string[] {
  if (level > DEEPEST) return [];
  const { properties = {}, required = [], additionalProperties, propertyNames, items } = schema;
  const { anyOf = [] } = schema;
  const inner = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  return [
    ...Object.entries(properties).flatMap(([key, value]) => {
      const name = path === '' ? key : `${path}.${key}`;
      return [row(name, value, required.includes(key)), ...keyRows(name, value, level + 1)];
    }),
    ...(inner ? keyRows(`${path}.<${propertyNames?.title ?? 'key'}>`, inner, level) : []),
    ...(items ? keyRows(`${path}[]`, items, level) : []),
    ...anyOf.flatMap((alternative) => keyRows(path, alternative, level)),
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
