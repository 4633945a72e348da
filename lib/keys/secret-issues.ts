import { CLUSTER_ANNOTATION, ENCRYPTED_REGEX, PEER_ANNOTATION } from './secret';

/** A YAML mapping nothing is known of yet. */
export type Mapping = Readonly<Record<string, unknown>>;

/** What an encrypted file has to be. */
interface Expected {
  readonly file: string;
  readonly name: string;
  readonly namespace: string;
  readonly cluster: string;
  /** Whose preshared key it is. @default - it is the host key */
  readonly peer?: string;
  /** The entry that is read by the pod. */
  readonly entry: string;
  /** The command that makes the file anew. */
  readonly remake: string;
}

/** Where `kubectl apply` keeps a copy of the object as it was applied: of a Secret, the plaintext too. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Everything that is wrong with an encrypted Secret as far as it can be seen without decrypting it, one
 * sentence with its repair each. Never quotes what should have been encrypted.
 */
export function secretIssues(document: Mapping, expected: Expected): readonly string[] {
  return [
    ...misplaced(document, expected),
    ...inClear(document, expected),
    ...withoutSops(document, expected),
  ].map((issue) => `${expected.file}: ${issue}`);
}

/** The value as a mapping; an empty one when it is something else. */
export function mapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function misplaced(document: Mapping, expected: Expected): readonly string[] {
  const metadata = mapping(document['metadata']);
  const annotations = mapping(metadata['annotations']);
  const wrong = (what: string, found: unknown, wanted: string, repair: string) => {
    if (found === wanted) return [];
    if (isEncrypted(found)) {
      return [
        `${what} is encrypted, and Kubernetes has to read it: give the rule in .sops.yaml ` +
          `\`encrypted_regex: ${ENCRYPTED_REGEX}\`, and encrypt the Secret again`,
      ];
    }
    const is = found === undefined ? 'missing' : JSON.stringify(found);
    return [`${what} is ${is}, expected "${wanted}": ${repair}`];
  };
  const write = 'write that there, it is not encrypted';
  const replace = `this is another's file: put back the one that belongs here, or make it with \`${expected.remake}\``;
  return [
    ...wrong('apiVersion', document['apiVersion'], 'v1', write),
    ...wrong('kind', document['kind'], 'Secret', write),
    ...wrong('metadata.name', metadata['name'], expected.name, write),
    ...wrong('metadata.namespace', metadata['namespace'], expected.namespace, write),
    ...wrong(CLUSTER_ANNOTATION, annotations[CLUSTER_ANNOTATION], expected.cluster, replace),
    ...(expected.peer === undefined
      ? []
      : wrong(PEER_ANNOTATION, annotations[PEER_ANNOTATION], expected.peer, replace)),
  ];
}

function inClear(document: Mapping, { entry, file, remake }: Expected): readonly string[] {
  const values = ['data', 'stringData'].flatMap((part) =>
    Object.entries(mapping(document[part])).map(([name, value]) => ({ part, name, value })),
  );
  const issues = values
    .filter(({ value }) => !isEncrypted(value))
    .map(({ part, name }) => `${part}.${name}`);
  const annotations = mapping(mapping(document['metadata'])['annotations']);
  if (LAST_APPLIED in annotations) issues.push(`annotation ${LAST_APPLIED}`);
  // SOPS does not encrypt a file twice.
  const repair = 'sops' in document ? '' : `; otherwise \`sops encrypt --in-place ${file}\``;
  return [
    ...issues.map(
      (place) =>
        `${place} is not encrypted: if it was ever committed or pushed the key is lost, make a new ` +
        `one with \`${remake}\`${repair}`,
    ),
    ...(values.some(({ name }) => name === entry)
      ? []
      : [`has no entry ${entry}: make it anew with \`${remake}\``]),
  ];
}

function withoutSops(document: Mapping, { remake }: Expected): readonly string[] {
  const { mac, lastmodified } = mapping(document['sops']);
  return isEncrypted(mac) && typeof lastmodified === 'string'
    ? []
    : [
        'has no SOPS metadata (sops.mac, sops.lastmodified), so nothing can open it: take the file ' +
          `from git's history, or make it anew with \`${remake}\``,
      ];
}

/** Whether this is a value as SOPS encrypts it (aes/cipher.go). */
function isEncrypted(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^ENC\[AES256_GCM,data:[^,]+,iv:[^,]+,tag:[^,]+,type:[a-z]+\]$/.test(value)
  );
}
