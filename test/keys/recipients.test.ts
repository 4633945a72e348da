import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recipientsOf } from '../../lib/keys/recipients';
import { findSopsConfig } from '../../lib/keys/sops-config';
import { emptyFolder } from './fixtures';

const ALICE = 'age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z';
const BOB = 'age1a8l40c2h4snn5ghqucxvyq6v8q3xzqzp8cgk62pvfym0czpxzyusguwldf';

/** The recipients of secrets/myth.sops.yaml beside a `.sops.yaml` of this content. */
function recipients(content: string): Promise<readonly string[]> {
  const folder = emptyFolder();
  writeFileSync(join(folder, '.sops.yaml'), content);
  return recipientsOf(join(folder, 'secrets/myth.sops.yaml'), join(folder, '.sops.yaml'));
}

describe('the recipients are those SOPS would take', () => {
  test.each<[string, string, string[]]>([
    ['one', `creation_rules: [{ age: ${ALICE} }]`, [ALICE]],
    ['several with commas', `creation_rules: [{ age: " ${ALICE}, ${BOB}, " }]`, [ALICE, BOB]],
    [
      'a folded text',
      `creation_rules:\n  - age: >-\n      ${ALICE},\n      ${BOB}\n`,
      [ALICE, BOB],
    ],
    ['a list', `creation_rules: [{ age: [${ALICE}, ${BOB}] }]`, [ALICE, BOB]],
    ['a list of anchors', `x: &a ${ALICE}\ncreation_rules: [{ age: [*a] }]`, [ALICE]],
    ['a merged rule', `x: &x { age: ${ALICE} }\ncreation_rules: [{ <<: *x }]`, [ALICE]],
    [
      'an own key beside a merged one',
      `x: &x { age: ${ALICE} }\ncreation_rules: [{ <<: *x, age: ${BOB} }]`,
      [BOB],
    ],
    ["Go's flags", `creation_rules: [{ path_regex: '(?i)SECRETS', age: ${ALICE} }]`, [ALICE]],
    ['a Go class', `creation_rules: [{ path_regex: '[[:alpha:]]+/', age: ${ALICE} }]`, [ALICE]],
    ['keys of no concern', `stores: {}\ncreation_rules: [{ x: 1, age: ${ALICE} }]`, [ALICE]],
    ['the same one twice', `creation_rules: [{ age: [${ALICE}, "${ALICE}"] }]`, [ALICE]],
    ['one key group', `creation_rules: [{ key_groups: [{ age: [${BOB}] }] }]`, [BOB]],
    ['empty lists of others', `creation_rules: [{ age: ${BOB}, pgp: "", kms: [] }]`, [BOB]],
    [
      'the first rule that matches',
      `creation_rules:
        - { path_regex: talos/.*, age: ${BOB} }
        - { path_regex: 'secrets/.*\\.sops\\.ya?ml$', age: ${ALICE} }
        - { age: ${BOB} }`,
      [ALICE],
    ],
    [
      'a rule for the path from .sops.yaml on',
      `creation_rules: [{ path_regex: '^secrets/myth\\.', age: ${ALICE} }]`,
      [ALICE],
    ],
  ])('%s', async (_, content, expected) => {
    await expect(recipients(content)).resolves.toEqual(expected);
  });
});

describe('refused', () => {
  test.each<[string, string, RegExp]>([
    ['no rules', 'stores: {}', /no creation rule is for secrets\/myth\.sops\.yaml/],
    ['an empty file', '', /no creation rule/],
    ['no rule that matches', `creation_rules: [{ path_regex: x, age: ${ALICE} }]`, /no creation/],
    [
      'pgp',
      `creation_rules: [{ age: ${ALICE}, pgp: FBC7B9E2A4F9289A }]`,
      /has pgp, where this command knows only age recipients: encrypt the key with `sops` itself/,
    ],
    ['kms in a group', 'creation_rules: [{ key_groups: [{ kms: [{ arn: x }] }] }]', /has kms/],
    [
      'several key groups',
      `creation_rules: [{ key_groups: [{ age: [${ALICE}] }, { age: [${BOB}] }] }]`,
      /several key groups/,
    ],
    [
      'no recipient',
      'creation_rules: [{ path_regex: secrets }]',
      /: the creation rule for secrets\/myth\.sops\.yaml names no age recipient: add/,
    ],
    ['a slip in a recipient', `creation_rules: [{ age: ${ALICE}x }]`, /names "age1lvy/],
    ['an SSH key', 'creation_rules: [{ age: ssh-ed25519 AAAA }]', /not an age recipient/],
    [
      'a plugin',
      `creation_rules: [{ age: age1yubikey1${ALICE.slice(4)} }]`,
      /not an age recipient/,
    ],
    ['a merged pgp', `x: &x { pgp: F00D }\ncreation_rules: [{ <<: *x, age: ${ALICE} }]`, /has pgp/],
    ['a merged list', `x: &x [a]\ncreation_rules: [{ <<: *x, age: ${ALICE} }]`, /Merge sources/],
    [
      'two merges',
      `x: &x { pgp: "" }\ncreation_rules: [{ <<: *x, <<: *x, age: ${ALICE} }]`,
      /two "<<"/,
    ],
    [
      'a merge in quotes',
      `x: &x {}\ncreation_rules: [{ "<<": *x, age: ${ALICE} }]`,
      /has "<<" in quotes: remove them$/,
    ],
    ['a tag', `creation_rules: [{ age: !!str ${ALICE} }]`, /has a tag/],
    ["no expression of Go's", `creation_rules: [{ path_regex: (?=s), age: ${ALICE} }]`, /of Go's/],
    [
      'documents',
      `creation_rules: [{ age: ${ALICE} }]\n---\nx: 1`,
      /has several documents, and SOPS reads the first alone: leave one$/,
    ],
    ['a line that ends by U+2028', `# \u2028creation_rules: []\nx: 1`, /yaml:1: has an invisible/],
    [
      'a text in a key group',
      `creation_rules: [{ key_groups: [{ age: ${ALICE} }] }]`,
      /expected array/,
    ],
    [
      'two choices of what to encrypt',
      `creation_rules: [{ age: ${ALICE}, encrypted_regex: x, unencrypted_suffix: y }]`,
      /has unencrypted_suffix and encrypted_regex, where SOPS takes one: leave one$/,
    ],
    ['a number', `creation_rules: [{ age: ${ALICE}, mac_only_encrypted: 1 }]`, /expected boolean/],
    ['no YAML', 'creation_rules: [\nstores', /^[^\n]*\.sops\.yaml: [^\n]*at line 2[^\n]*$/],
    [
      'another shape',
      'creation_rules: { age: x }',
      /^[^\n]*\.sops\.yaml: creation_rules: [^\n]*; mend it as SOPS' documentation has it$/,
    ],
    ['a list', '[x]', /^[^\n]*\.sops\.yaml: [^\n]*$/],
  ])('%s', async (_, content, message) => {
    await expect(recipients(content)).rejects.toThrow(message);
    await expect(recipients(content)).rejects.toHaveProperty('name', 'UserError');
  });

  test('an identity in the place of a recipient, without showing it', async () => {
    const identity = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;
    const refused = recipients(`creation_rules: [{ age: ${identity} }]`);
    await expect(refused).rejects.toThrow(/holds an age identity, which is secret/);
    await expect(refused).rejects.not.toThrow(identity.slice(15));
  });
});

describe('.sops.yaml', () => {
  test('is the nearest, there or above', () => {
    const outer = emptyFolder();
    const inner = join(outer, 'a', 'b');
    mkdirSync(inner, { recursive: true });
    expect(findSopsConfig(inner)).toBeUndefined();
    writeFileSync(join(outer, '.sops.yaml'), '');
    expect(findSopsConfig(inner)).toMatch(/\.sops\.yaml$/);
    expect(findSopsConfig(inner)).not.toMatch(/b\/\.sops\.yaml$/);
    writeFileSync(join(inner, '.sops.yaml'), '');
    expect(findSopsConfig(inner)).toMatch(/b\/\.sops\.yaml$/);
  });

  test('is not one from outside the repository', () => {
    const outer = emptyFolder();
    const inner = join(outer, 'repository', 'a');
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(outer, '.sops.yaml'), '');
    mkdirSync(join(outer, 'repository', '.git'));
    expect(() => findSopsConfig(inner)).toThrow(
      /\.sops\.yaml: is outside this repository.*: copy it to \S*repository\/\.sops\.yaml/,
    );
    writeFileSync(join(outer, 'repository', '.sops.yaml'), '');
    expect(findSopsConfig(inner)).toMatch(/repository\/\.sops\.yaml$/);
  });

  test('is not .sops.yml', () => {
    const folder = emptyFolder();
    writeFileSync(join(folder, '.sops.yml'), '');
    expect(() => findSopsConfig(folder)).toThrow(
      /\.sops\.yml: SOPS reads \.sops\.yaml only: rename the file$/,
    );
  });
});

describe('each key that this command cannot follow', () => {
  test.each([
    ['pgp', 'F00D'],
    ['kms', 'x'],
    ['gcp_kms', '[x]'],
    ['hckms', '[x]'],
    ['azure_keyvault', 'x'],
    ['hc_vault_transit_uri', 'x'],
  ])('%s is refused unless it is empty', async (key, value) => {
    const rule = (text: string) => `creation_rules: [{ age: ${ALICE}, ${key}: ${text} }]`;
    await expect(recipients(rule(value))).rejects.toThrow(
      `has ${key}, where this command knows only age recipients: encrypt the key with \`sops\` itself, see "With SOPS itself" in docs/keys.md`,
    );
    for (const empty of ['null', ...(key === 'hckms' ? ['[]'] : ['""', '[]'])]) {
      await expect(recipients(rule(empty))).resolves.toEqual([ALICE]);
    }
  });

  test.each(['pgp', 'kms', 'gcp_kms', 'hckms', 'azure_keyvault', 'hc_vault', 'merge'])(
    '%s is refused in a key group',
    async (key) => {
      const group = (text: string) =>
        `creation_rules: [{ key_groups: [{ age: [${ALICE}], ${key}: ${text} }] }]`;
      await expect(recipients(group('[{ x: y }]'))).rejects.toThrow(`has ${key}, where`);
      await expect(recipients(group('[]'))).resolves.toEqual([ALICE]);
    },
  );

  test.each([
    'unencrypted_suffix',
    'encrypted_suffix',
    'unencrypted_regex',
    'encrypted_regex',
    'unencrypted_comment_regex',
    'encrypted_comment_regex',
  ])('%s may stand alone', async (scope) => {
    const rule = (more: string) => `creation_rules: [{ age: ${ALICE}, ${scope}: x${more} }]`;
    await expect(recipients(rule(''))).resolves.toEqual([ALICE]);
    const other = scope === 'encrypted_regex' ? 'encrypted_suffix' : 'encrypted_regex';
    await expect(recipients(rule(`, ${other}: y`))).rejects.toThrow(
      / and .*, where SOPS takes one/,
    );
    await expect(recipients(rule(', shamir_threshold: 2'))).resolves.toEqual([ALICE]);
    await expect(recipients(`creation_rules: [{ age: ${ALICE}, ${scope}: 1 }]`)).rejects.toThrow(
      `creation_rules: 0: ${scope}: `,
    );
  });

  test.each(['pgp', 'kms', 'gcp_kms', 'azure_keyvault', 'hc_vault_transit_uri', 'age', 'hckms'])(
    '%s of another kind is refused, as SOPS does',
    async (key) => {
      await expect(recipients(`creation_rules: [{ ${key}: 1 }]`)).rejects.toThrow(
        `creation_rules: 0: ${key}: `,
      );
      await expect(recipients(`creation_rules: [{ ${key}: [1] }]`)).rejects.toThrow(
        `creation_rules: 0: ${key}: `,
      );
    },
  );
});

test.each([
  ['a rule without a name for it', `creation_rules: [{ path_regex: '', age: ${ALICE} }]`],
  ['an empty list of groups', `creation_rules: [{ age: ${ALICE}, key_groups: [] }]`],
  ['no groups', `creation_rules: [{ age: ${ALICE}, key_groups: null }]`],
  ['a list with blanks', `creation_rules: [{ age: [" ${ALICE} ", ""] }]`],
])('%s', async (_, content) => {
  await expect(recipients(content)).resolves.toEqual([ALICE]);
});

test.each([
  ['no file', undefined],
  ['no rules', 'creation_rules: null'],
])('%s, no recipients', async (_, content) => {
  const config = join(emptyFolder(), '.sops.yaml');
  if (content !== undefined) writeFileSync(config, content);
  await expect(recipientsOf(join(config, '../a'), config)).rejects.toThrow(
    `${config}: no creation rule is for a: add one with \`path_regex: secrets/.*\\.sops\\.yaml$\` and your age recipients`,
  );
});

test('a .sops.yml above the repository is no concern', () => {
  const outer = emptyFolder();
  const inner = join(outer, 'repository');
  mkdirSync(join(inner, '.git'), { recursive: true });
  writeFileSync(join(outer, '.sops.yml'), '');
  expect(findSopsConfig(inner)).toBeUndefined();
});

test.each([
  ['a tab', 'x:\ta', undefined],
  ['a carriage return', 'x: a\r', undefined],
  ['a control character', 'x: a\ny: \u0007', ':3: has an invisible character: remove it'],
  ['a tag', 'x: !!str b', 'has a tag, tag:yaml.org,2002:str: remove it'],
  ['an endless alias', 'x: &a [*a]', undefined],
  ['aliases without end', bomb(), 'is not YAML: Excessive alias count'],
  ['an open quote', 'x: "a', 'is not YAML: Missing closing "quote at line 3, column 1; mend'],
])('%s', async (_, more, message) => {
  const read = recipients(`creation_rules: [{ age: ${ALICE} }]\n${more}\n`);
  if (message === undefined) await expect(read).resolves.toEqual([ALICE]);
  else await expect(read).rejects.toThrow(message);
});

/** Ten lists of ten of the list before. */
function bomb(): string {
  const line = (n: number) => `x${n}: &x${n} [${`*x${n - 1}, `.repeat(10)}]`;
  return ['x0: &x0 a', ...[1, 2, 3, 4].map(line)].join('\n');
}
