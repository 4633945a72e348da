import { z } from 'zod';
import { problemText, type ParseResult, type Rule } from './parse-result';
import { suggest } from '../suggest';
import { wrongKind } from './kinds';

/** What an editor is told beside the key's documentation, which is the comment above the key. */
interface Hint {
  /** The rule as far as a regular expression can say it. */
  readonly pattern?: string;
}

/** A text that follows a rule. */
export function text(rule: Rule, hint: Hint = {}) {
  return z
    .string()
    .check(({ value, issues }) => {
      const message = rule(value);
      if (message !== undefined) issues.push({ code: 'custom', message, input: value });
    })
    .meta({ ...hint });
}

/** A text that stands for a value. */
export function parsed<Value>(parse: (text: string) => ParseResult<Value>) {
  return z.string().transform((input, { issues }) => {
    const result = parse(input);
    if ('value' in result) return result.value;
    issues.push({ code: 'custom', message: problemText(result), input });
    return z.NEVER;
  });
}

/** A list, of which the form is shown when something else stands there. */
export function list<Item extends z.ZodType>(item: Item, form: string) {
  return z.array(item, { error: ({ input }) => wrongKind('array', input, form) });
}

export function integer(minimum: number, maximum: number) {
  const error = `must be ${minimum} to ${maximum}`;
  return z.int().min(minimum, { error }).max(maximum, { error });
}

export function flag() {
  return z.boolean().default(false);
}

/** A mapping with these keys and no others; a stray key's message is one line of the issue's. */
export function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' && Array.isArray(issue.keys)
        ? issue.keys
            .map((key) => `is not a known key${suggest(key, Object.keys(shape))}`)
            .join('\n')
        : undefined,
  });
}

/** `true`, `false`, or a mapping that says more than `true`. */
export function flagOr<More extends z.ZodType>(more: More) {
  const either = z.union([z.boolean(), more]);
  const input = z.custom<z.input<typeof either>>(
    (given) => typeof given === 'boolean' || z.core.util.isPlainObject(given),
    { error: ({ input: given }) => wrongKind('boolean', given) },
  );
  // What an editor is told: JSON Schema knows no transformations.
  input._zod.processJSONSchema = either._zod.processJSONSchema;
  return input.transform((given, { issues }): boolean | z.output<More> => {
    if (typeof given === 'boolean') return given;
    const result = more._zod.run({ value: given, issues: [] }, { async: false });
    if (result instanceof Promise) throw new Error('a rule of an inventory waits for nothing');
    issues.push(...result.issues);
    return result.value as z.output<More>;
  });
}

/** What is said of the keys of a mapping whose keys are data. */
interface Keys<Key> {
  /** What an editor calls such a key. */
  readonly title: string;
  readonly parse: (text: string) => ParseResult<Key>;
  /** What is wrong with a key that is another spelling of one that is there. */
  readonly repeats?: (canonical: string) => string;
  readonly hint?: Hint;
  /** What an entry looks like. */
  readonly form?: string;
}

/**
 * A mapping whose keys are data. `z.record` would pass over a key `__proto__`, and over the value
 * under a key that is wrong.
 *
 * @returns keys and values, parsed, in the order given
 */
export function keyed<Key, Value extends z.ZodType>(keys: Keys<Key>, value: Value) {
  const { title, parse, repeats, hint, form } = keys;
  const record = z.record(z.string().meta({ title, ...hint }), value);
  const input = z.custom<z.input<typeof record>>(z.core.util.isPlainObject, {
    error: ({ input: given }) => wrongKind('record', given, form),
  });
  // What an editor is told: JSON Schema knows no transformations.
  input._zod.processJSONSchema = record._zod.processJSONSchema;
  return input.transform((entries, { issues }) =>
    Object.entries(entries).map(([name, given]): readonly [Key, z.output<Value>] => {
      const refuse = (message: string) =>
        issues.push({ code: 'custom', message, input: name, path: [name], params: { on: 'key' } });
      const key = parse(name);
      if ('problem' in key) {
        const { canonical } = key;
        refuse(problemText(key));
        if (canonical !== undefined && canonical in entries && repeats) refuse(repeats(canonical));
      }
      const result = value._zod.run({ value: given, issues: [] }, { async: false });
      if (result instanceof Promise) throw new Error('a rule of an inventory waits for nothing');
      issues.push(...z.core.util.prefixIssues(name, result.issues));
      return ['value' in key ? key.value : z.NEVER, result.value as z.output<Value>];
    }),
  );
}
