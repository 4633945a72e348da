import { mapping, secretIssues } from '../../lib/keys/secret-issues';

const ENCRYPTED = 'ENC[AES256_GCM,data:YQ==,iv:Yg==,tag:Yw==,type:str]';
const expected = {
  file: 'secrets/myth.sops.yaml',
  name: 'wireguard-key',
  namespace: 'wireguard',
  cluster: 'myth',
  entry: 'private-key',
  remake: 'npm run keygen -- myth --rotate',
};
const annotations = { 'wireguard-endpoint/cluster': 'myth' };
const metadata = { name: 'wireguard-key', namespace: 'wireguard', annotations };
const sound = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata,
  stringData: { 'private-key': ENCRYPTED },
  sops: { mac: ENCRYPTED, lastmodified: '2026-11-23T01:02:03Z' },
};

/** What is wrong with a Secret that is sound but for some changes. */
const issues = (changes: object, more: object = {}): readonly string[] =>
  secretIssues({ ...sound, ...changes }, { ...expected, ...more });

test('nothing is wrong with an encrypted Secret, in `data` neither', () => {
  expect(issues({})).toEqual([]);
  expect(issues({ stringData: undefined, data: { 'private-key': ENCRYPTED } })).toEqual([]);
});

const LOST =
  'is not encrypted: if it was ever committed or pushed the key is lost, make a new one with ' +
  '`npm run keygen -- myth --rotate`';

test.each<[string, object, string]>([
  [
    'an encrypted kind',
    { kind: ENCRYPTED },
    'kind is encrypted, and Kubernetes has to read it: give the rule in .sops.yaml `encrypted_regex: ^(data|stringData)$`, and encrypt the Secret again',
  ],
  [
    'another kind',
    { kind: 'ConfigMap' },
    'kind is "ConfigMap", expected "Secret": write that there, it is not encrypted',
  ],
  [
    'no version',
    { apiVersion: undefined },
    'apiVersion is missing, expected "v1": write that there, it is not encrypted',
  ],
  [
    "another's file",
    { metadata: { ...metadata, annotations: { 'wireguard-endpoint/cluster': 'yen' } } },
    'wireguard-endpoint/cluster is "yen", expected "myth": this is another\'s file: put back the one that belongs here, or make it with `npm run keygen -- myth --rotate`',
  ],
  ['an empty value beside the key', { data: { more: '' } }, `data.more ${LOST}`],
  ['a list in the place of a value', { data: { more: [ENCRYPTED] } }, `data.more ${LOST}`],
  ...[`x${ENCRYPTED}`, `${ENCRYPTED}x`, ENCRYPTED.replace('data:YQ==', 'data:')].map(
    (value): [string, object, string] => [
      value,
      { stringData: { 'private-key': value } },
      `stringData.private-key ${LOST}`,
    ],
  ),
  [
    "kubectl's copy",
    {
      metadata: {
        ...metadata,
        annotations: { ...annotations, 'kubectl.kubernetes.io/last-applied-configuration': '' },
      },
    },
    `annotation kubectl.kubernetes.io/last-applied-configuration ${LOST}`,
  ],
  [
    'another entry',
    { stringData: { key: ENCRYPTED } },
    'has no entry private-key: make it anew with `npm run keygen -- myth --rotate`',
  ],
  ...[{ mac: ENCRYPTED }, { lastmodified: '2026-11-23T01:02:03Z' }, [], undefined].map(
    (sops): [string, object, string] => [
      `metadata of SOPS ${JSON.stringify(sops)}`,
      { sops },
      "has no SOPS metadata (sops.mac, sops.lastmodified), so nothing can open it: take the file from git's history, or make it anew with `npm run keygen -- myth --rotate`",
    ],
  ),
])('%s is the only thing wrong', (_, changes, issue) => {
  expect(issues(changes)).toEqual([`secrets/myth.sops.yaml: ${issue}`]);
});

test('a Secret that SOPS never saw may still be encrypted', () => {
  const { sops, ...plain } = { ...sound, stringData: { 'private-key': 'a' } };
  expect(sops).toBeDefined();
  expect(secretIssues(plain, expected)[0]).toBe(
    `secrets/myth.sops.yaml: stringData.private-key ${LOST}; otherwise \`sops encrypt --in-place secrets/myth.sops.yaml\``,
  );
});

test("a preshared key is that peer's", () => {
  const of = (peer: string) => ({
    metadata: { ...metadata, annotations: { ...annotations, 'wireguard-endpoint/peer': peer } },
  });
  expect(issues(of('hero'), { peer: 'hero' })).toEqual([]);
  expect(issues(of('yen'), { peer: 'hero' })).toEqual([
    expect.stringContaining('wireguard-endpoint/peer is "yen", expected "hero": this is another'),
  ]);
});

test('what is no mapping is an empty one', () => {
  expect([undefined, null, 'a', 1, ['a']].map(mapping)).toEqual([{}, {}, {}, {}, {}]);
  expect(mapping({ a: 1 })).toEqual({ a: 1 });
});
