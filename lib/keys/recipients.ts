import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { UserError } from '../errors';
import { readIfThere } from '../files';

/** The file in which SOPS looks up whom a file is encrypted to. */
export const SOPS_CONFIG = '.sops.yaml';

const list = z.union([z.string(), z.array(z.string())]).nullish();
const keys = z.looseObject({ age: list });
const creationRule = keys.extend({
  path_regex: z.string().nullish(),
  key_groups: z.array(keys).nullish(),
});
const sopsConfig = z.looseObject({ creation_rules: z.array(creationRule).nullish() });

type Keys = z.infer<typeof keys>;
type CreationRule = z.infer<typeof creationRule>;

/** Keys of a rule or key group that need a service or a program this project does not have. */
const FOREIGN_KEYS = [
  'pgp',
  'kms',
  'gcp_kms',
  'hckms',
  'azure_keyvault',
  'hc_vault',
  'hc_vault_transit_uri',
  'merge',
];

/**
 * The `.sops.yaml` SOPS would use when started in a folder: the nearest, there or above.
 *
 * @throws UserError when there is only a `.sops.yml`, which SOPS does not read
 */
export function findSopsConfig(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const found = join(at, SOPS_CONFIG);
    if (existsSync(found)) return relative('', found);
    const misnamed = join(at, '.sops.yml');
    if (existsSync(misnamed)) {
      throw new UserError(
        `${relative('', misnamed)}: SOPS reads ${SOPS_CONFIG} only: rename the file`,
      );
    }
    if (at === dirname(at)) return undefined;
  }
}

/**
 * The age recipients of a file, from the first creation rule whose `path_regex` matches its path
 * relative to the configuration (SOPS' config/config.go).
 *
 * @throws UserError when no rule matches, or the rule needs more than age
 */
export async function recipientsOf(file: string, config: string): Promise<readonly string[]> {
  const path = relative(dirname(resolve(config)), resolve(file));
  const rule = readRules(config).find((rule) => matches(rule, path, config));
  if (!rule) {
    throw new UserError(
      `${config}: no creation rule is for ${path}: add one with ` +
        `\`path_regex: secrets/.*\\.sops\\.yaml$\` and your age recipients`,
    );
  }
  const place = `${config}: the creation rule for ${path}`;
  const groups: readonly Keys[] = rule.key_groups?.length ? rule.key_groups : [rule];
  const foreign = FOREIGN_KEYS.filter((kind) => groups.some((group) => isSet(group[kind])));
  if (foreign.length > 0 || groups.length > 1) {
    const needs = foreign.length > 0 ? foreign.join(', ') : 'several key groups';
    throw new UserError(
      `${place} has ${needs}, where this command knows only age recipients: ` +
        'encrypt the key with `sops` itself, see "With sops itself" in docs/keys.md',
    );
  }
  const recipients = [...new Set(groups.flatMap(ageRecipients))];
  if (recipients.length === 0) throw new UserError(`${place} names no age recipient: add \`age:\``);
  for (const recipient of recipients) await checkRecipient(recipient, place);
  return recipients;
}

function readRules(config: string): readonly CreationRule[] {
  const text = readIfThere(config) ?? '';
  let content: unknown;
  try {
    content = parse(text, { logLevel: 'error' });
  } catch (error) {
    // What follows in the message quotes the file, which may hold an identity by mistake.
    const [what] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UserError(`${config}: is not YAML: ${String(what).replace(/:$/, '')}; mend the line`);
  }
  const parsed = sopsConfig.safeParse(content ?? {});
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '));
    throw new UserError(`${config}: ${faults.join('; ')}; mend it as SOPS' documentation has it`);
  }
  return parsed.data.creation_rules ?? [];
}

function matches({ path_regex: pattern }: CreationRule, path: string, config: string): boolean {
  if (!pattern) return true;
  try {
    // What differs between Go's expressions and these is an error in Unicode mode, but for `[[:`.
    if (!pattern.includes('[[:')) return new RegExp(pattern, 'u').test(path);
  } catch {
    // Said below.
  }
  throw new UserError(
    `${config}: path_regex "${pattern}" is not understood here: write it without flags, ` +
      'named classes and needless backslashes',
  );
}

/** A list, or a text with commas, or both at once. */
function ageRecipients({ age }: Keys): readonly string[] {
  return [age ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

async function checkRecipient(recipient: string, place: string): Promise<void> {
  if (/AGE-SECRET-KEY/i.test(recipient)) {
    throw new UserError(
      `${place} holds an age identity, which is secret, where a recipient belongs: ` +
        'put there what `age-keygen -y` makes of it, and replace the identity if it was shared',
    );
  }
  const { Encrypter } = await import('age-encryption');
  try {
    new Encrypter().addRecipient(recipient);
  } catch {
    throw new UserError(
      `${place} names "${recipient}", which is not an age recipient this command can encrypt to ` +
        '(age1...): mend it, or encrypt the key with `sops` itself, see "With sops itself" in docs/keys.md',
    );
  }
}
