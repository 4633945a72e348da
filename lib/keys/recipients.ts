import { dirname, relative, resolve } from 'node:path';
import { UserError } from '../errors';
import { readCreationRules, type CreationRule } from './sops-config';

/** Keys of a rule that need a service or a program this project does not have. */
const FOREIGN_KEYS = [
  'pgp',
  'kms',
  'gcp_kms',
  'hckms',
  'azure_keyvault',
  'hc_vault_transit_uri',
] as const;

/** Which values of a file SOPS encrypts, and which not. It takes one of them in a rule. */
const SCOPES = [
  'unencrypted_suffix',
  'encrypted_suffix',
  'unencrypted_regex',
  'encrypted_regex',
  'unencrypted_comment_regex',
  'encrypted_comment_regex',
] as const;

const ELSEWHERE = 'encrypt the key with `sops` itself, see "With SOPS itself" in docs/keys.md';

/**
 * The age recipients of a file, from the first creation rule whose `path_regex` matches its path
 * relative to the configuration (SOPS' config/config.go). What else the rule says about the content is
 * not used: Flux has to read everything but the values.
 *
 * @throws UserError when no rule matches, or the rule needs more than age
 */
export async function recipientsOf(file: string, config: string): Promise<readonly string[]> {
  const path = relative(dirname(resolve(config)), resolve(file));
  const rule = await ruleFor(path, config);
  const place = `${config}: the creation rule for ${path}`;
  const scopes = SCOPES.filter((scope) => rule[scope]);
  if (scopes.length > 1) {
    throw new UserError(`${place} has ${scopes.join(' and ')}, where SOPS takes one: leave one`);
  }
  const recipients = [
    ...new Set(rule.key_groups?.length ? groupKeys(rule, place) : ruleKeys(rule, place)),
  ];
  if (recipients.length === 0) throw new UserError(`${place} names no age recipient: add \`age:\``);
  for (const recipient of recipients) await checkRecipient(recipient, place);
  return recipients;
}

/** The first rule whose expression, in Go's syntax, is found in the path. One without is for every file. */
async function ruleFor(path: string, config: string): Promise<CreationRule> {
  const { RE2JS } = await import('re2js');
  for (const rule of readCreationRules(config)) {
    if (!rule.path_regex) return rule;
    try {
      if (RE2JS.compile(rule.path_regex).matcher(path).find()) return rule;
    } catch {
      throw new UserError(
        `${config}: path_regex "${rule.path_regex}" is no regular expression of Go's: ` +
          'mend it as https://pkg.go.dev/regexp/syntax has it',
      );
    }
  }
  throw new UserError(
    `${config}: no creation rule is for ${path}: add one with ` +
      '`path_regex: secrets/.*\\.sops\\.yaml$` and your age recipients',
  );
}

/** The recipients beside `path_regex`: texts with commas, or lists. */
function ruleKeys(rule: CreationRule, place: string): string[] {
  refuseForeign(rule, FOREIGN_KEYS, place);
  return split(rule.age);
}

/** The recipients of a rule's only key group, which stand in place of the rule's own. */
function groupKeys({ key_groups }: CreationRule, place: string): string[] {
  const [group = {}, ...others] = key_groups ?? [];
  refuseForeign(group, [...FOREIGN_KEYS, 'hc_vault', 'merge'], place);
  if (others.length > 0) {
    throw new UserError(
      `${place} has several key groups, and this command knows one: ${ELSEWHERE}`,
    );
  }
  return split(group.age);
}

function refuseForeign(
  keys: Readonly<Record<string, unknown>>,
  foreign: readonly string[],
  place: string,
) {
  const found = foreign.filter((kind) => !isEmpty(keys[kind]));
  if (found.length === 0) return;
  throw new UserError(
    `${place} has ${found.join(', ')}, where this command knows only age recipients: ${ELSEWHERE}`,
  );
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  );
}

function split(keys: CreationRule['age']): string[] {
  return [keys ?? []]
    .flat()
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');
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
        `(age1...): mend it, or ${ELSEWHERE}`,
    );
  }
}
