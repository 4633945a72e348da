/** What keygen reads in a `.sops.yaml`, and what the real sops makes of the same file. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { parse } from 'yaml';
import { UserError } from '../../lib/errors';
import { recipientsOf } from '../../lib/keys/recipients';
import { emptyFolder } from '../keys/fixtures';

const ALICE = 'age1lvyvwawkr0mcnnnncaghunadrqkmuf9e6507x9y920xxpp866cnql7dp2z';
const BOB = 'age1a8l40c2h4snn5ghqucxvyq6v8q3xzqzp8cgk62pvfym0czpxzyusguwldf';
const FILE = 'secrets/myth.sops.yaml';

let sops: string;
beforeAll(() => {
  sops = execFileSync(join(__dirname, '../../.ci/sops'), { encoding: 'utf8' }).trim();
}, 600_000);

/** A folder with a `.sops.yaml` of this content. */
function folderWith(config: string): string {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, '.sops.yaml'), config);
  writeFileSync(join(folder, 'plain.yaml'), 'stringData: { key: value }\n');
  return folder;
}

/** Kinds of keys, and age recipients, in the metadata sops writes; undefined when it refuses. */
async function bySops(folder: string): Promise<readonly string[] | undefined> {
  const args = ['encrypt', '--filename-override', FILE, 'plain.yaml'];
  try {
    const { stdout } = await promisify(execFile)(sops, args, { cwd: folder, timeout: 20_000 });
    const { age = [], ...others } = (parse(stdout) as { sops: Record<string, unknown> }).sops;
    const kinds = ['pgp', 'kms', 'gcp_kms', 'hckms', 'azure_kv', 'hc_vault', 'key_groups'];
    return [
      ...new Set((age as { recipient: string }[]).map(({ recipient }) => recipient)),
      ...kinds.filter((kind) => others[kind] !== undefined),
    ].sort();
  } catch {
    return undefined;
  }
}

async function byKeygen(folder: string): Promise<readonly string[] | undefined> {
  try {
    const found = await recipientsOf(join(folder, FILE), join(folder, '.sops.yaml'));
    return [...found].sort();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const one = <T>(...values: T[]) => fc.constantFrom(...values);

/** Texts for one kind of entry, a line each: mostly of the first, which sops takes; else of the others. */
function lines(taken: string, odd: string) {
  const list = (text: string) => text.trim().split(/\s*\n\s*/);
  return fc.oneof({ weight: 12, arbitrary: one(...list(taken)) }, one(...list(odd)));
}

const pattern = lines(
  String.raw`secrets/
    secrets/.*\.sops\.yaml$
    ^secrets/[[:alpha:]]+\.
    (?i)SECRETS
    other
    \Qmyth.sops\E
    []s]ecrets`,
  String.raw`^myth
    \.yaml\z
    (?=s)
    (?!x)
    (s)\1
    \pL+/
    m{1,3}
    m{,5}
    {2}
    s**
    [^]
    []
    (?<name>s)
    (?P<name>m)yth
    \u0073
    \-sops
    \bmyth\b
    \_
    (?U)s+
    [a-\d]
    \x{73}
    \cA
    $^
    .*\S+.*
    \/myth`,
).map((text) => `path_regex: '${text}'`);

const keys = lines(
  `${ALICE}
    "${ALICE}, ${BOB}"
    [${ALICE}, ${BOB}]
    ["${ALICE},${BOB}"]
    '${BOB},'
    *list
    *text
    [*text]
    [ ${BOB}, *text ]`,
  `"*text"
    ~
    ""
    []
    [~]
    12
    true
    !!str ${BOB}
    ! ${BOB}
    " ${BOB}"
    [" ${BOB}"]
    ${ALICE}x
    { x: ${BOB} }`,
).map((value) => `age: ${value}`);

const group = lines(
  `[{ age: [${BOB}] }]
    [{ age: *list }]
    *groups
    [{ <<: *grouped }]
    [{ age: ["${ALICE},${BOB}"] }]
    [{ age: [${ALICE}], pgp: [], kms: ~ }]
    []`,
  `[{ age: ${BOB} }]
    ~
    [~]
    [{}]
    [{ age: [${ALICE}] }, { age: [${BOB}] }]
    [{ merge: [*grouped] }]
    [{ age: [${ALICE}], pgp: [F00D] }]`,
).map((value) => `key_groups: ${value}`);

const merge = lines(
  `<<: *rule
    <<: [*rule, *other]
    <<: [*merged, *rule]
    <<: { age: ${BOB} }
    <<: *merged`,
  `<<: [*other, *rule]
    "<<": *rule
    <<: { pgp: F00D }
    <<: *list
    <<: ~
    !!merge <<: *rule`,
);

const others = lines(
  `pgp: ""
    pgp: []
    pgp: ~
    kms: []
    hckms: []
    unencrypted_suffix: _x
    encrypted_regex: ^(data|stringData)$
    mac_only_encrypted: true
    shamir_threshold: 2
    note: x`,
  `pgp: F00D
    hckms: ""
    pgp: " , "
    pgp: 0
    encrypted_regex: 12
    encrypted_suffix: ""
    shamir_threshold: x
    mac_only_encrypted: yes
    mac_only_encrypted: "true"
    unencrypted_comment_regex: x
    AGE: x`,
);

const entry = fc.oneof(
  { weight: 5, arbitrary: keys },
  { weight: 3, arbitrary: pattern },
  { weight: 2, arbitrary: merge },
  others,
  group,
);
const rule = fc
  .uniqueArray(entry, { maxLength: 5, selector: (text) => text.split(':')[0] })
  .map((entries) => `{ ${entries.join(', ')} }`);

const ANCHORS = `x-text: &text ${ALICE}
x-list: &list [${BOB}, ${ALICE}]
x-rule: &rule { age: ${BOB}, path_regex: secrets, note: x }
x-other: &other { age: *list, pgp: [], path_regex: other }
x-merged: &merged { <<: *other, age: *text }
x-grouped: &grouped { age: [${BOB}] }
x-groups: &groups [*grouped]
`;
const head = one(
  ...Array<string>(12).fill(''),
  '---\n',
  '%YAML 1.1\n---\n',
  '# x\n---\n',
  '# x\u2028creation_rules: []\n',
);
const tail = one(
  ...Array<string>(12).fill(''),
  ...['\n', 'stores: { yaml: { indent: 2 } }\n', 'destination_rules: []\n', '...\n'],
  ...[
    `---\ncreation_rules: [{ age: ${BOB} }]\n`,
    'creation_rules: []\n',
    'stores: ~\n',
    '# \u0085stores: x\n',
  ],
);
const config = fc
  .tuple(head, fc.array(rule, { minLength: 1, maxLength: 3 }), tail)
  .map(([before, rules, after]) => {
    const list = rules.map((text) => `  - ${text}\n`).join('');
    return `${before}${ANCHORS}creation_rules:\n${list}${after}`;
  });

test('keygen encrypts for whom sops would, or refuses', async () => {
  const seen = { same: 0, bothRefuse: 0, keygenRefuses: 0 };
  await fc.assert(
    fc.asyncProperty(config, async (text) => {
      const folder = folderWith(text);
      const [ours, theirs] = await Promise.all([byKeygen(folder), bySops(folder)]);
      if (ours === undefined) seen[theirs === undefined ? 'bothRefuse' : 'keygenRefuses']++;
      else {
        expect(ours).toEqual(theirs);
        seen.same++;
      }
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300), endOnFailure: true },
  );
  if (process.env['FUZZ_SHOW']) console.log(seen);
  // Not for want of trying.
  expect(seen.same).toBeGreaterThan(seen.keygenRefuses);
}, 3_600_000);

test.each([
  ['a folded text', `creation_rules:\n  - age: >-\n      ${ALICE},\n      ${BOB}\n`],
  ['a literal text', `creation_rules:\n  - age: |\n      ${ALICE},\n      ${BOB}\n`],
  ['a text on several lines', `creation_rules:\n  - age: ${ALICE},\n      ${BOB}\n`],
  ['a list in a block', `creation_rules:\n  - age:\n      - ${ALICE}\n      - ${BOB}\n`],
  [
    'a merge before and an own key after',
    `a: &a { age: ${BOB} }\ncreation_rules:\n  - <<: *a\n    age: ${ALICE}\n`,
  ],
  ['Windows lines', `creation_rules:\r\n  - path_regex: secrets\r\n    age: ${ALICE}\r\n`],
])('%s is read as sops reads it', async (_, text) => {
  const folder = folderWith(text);
  const recipients = await bySops(folder);
  expect(recipients).toBeDefined();
  expect(await byKeygen(folder)).toEqual(recipients);
});
