import { join } from 'node:path';
import { YAMLParseError, parse } from 'yaml';
import { UserError } from '../errors';
import { readIfThere } from '../files';
import { KEY, publicKey as publicKeyRule } from '../formats/wireguard-key';
import type { Inventory } from '../inventory/inventory';
import {
  HOST_KEY_SECRET,
  PRESHARED_KEY_ENTRY,
  PRIVATE_KEY_ENTRY,
  presharedKeySecret,
  type HostKey,
} from './host-key';
import { mapping, secretIssues, type Mapping } from './secret-issues';
import { PUBLIC_KEY_ANNOTATION } from './secret';

/** Where a cluster's encrypted host key is. */
export function hostKeyFile(cluster: string, secretsDir = 'secrets'): string {
  return join(secretsDir, `${cluster}.sops.yaml`);
}

/** Where the encrypted preshared key of one of a cluster's peers is. */
export function presharedKeyFile(cluster: string, peer: string, secretsDir = 'secrets'): string {
  return join(secretsDir, `${cluster}.psk.${peer}.sops.yaml`);
}

/**
 * Reads the public half of a cluster's host key and the encrypted Secrets that go with it; decrypts
 * nothing. A key from elsewhere (`inventory.key`) needs no file, and its
 * preshared keys come from elsewhere too.
 *
 * @returns undefined when the cluster has no host key
 * @throws UserError naming everything that is wrong with the files, and how to mend it
 */
export function readHostKey(inventory: Inventory, secretsDir = 'secrets'): HostKey | undefined {
  if (inventory.key) return { ...inventory.key, secrets: [] };
  const { cluster, namespace } = inventory;

  const file = hostKeyFile(cluster, secretsDir);
  const hostKey = readEncrypted(file);
  if (!hostKey) return undefined;
  const name = HOST_KEY_SECRET;
  const remake = `npm run keygen -- ${cluster} --rotate`;
  const publicKey = mapping(mapping(hostKey['metadata'])['annotations'])[PUBLIC_KEY_ANNOTATION];
  const expected = { file, name, namespace, cluster, entry: PRIVATE_KEY_ENTRY, remake };
  const issues = [...secretIssues(hostKey, expected), ...publicKeyIssues(publicKey, file, remake)];

  const documents = [hostKey];
  for (const { name: peer } of inventory.peers.filter(({ psk }) => psk)) {
    const file = presharedKeyFile(cluster, peer, secretsDir);
    const name = presharedKeySecret(peer);
    const make = `npm run keygen -- ${cluster} --psk ${peer}`;
    const psk = readEncrypted(file);
    if (psk) {
      const remake = `${make} --rotate`;
      const expected = { file, name, namespace, cluster, peer, entry: PRESHARED_KEY_ENTRY, remake };
      issues.push(...secretIssues(psk, expected));
      documents.push(psk);
    } else {
      issues.push(
        `${file}: is missing, and peer ${peer} has \`psk: true\`: make it with \`${make}\``,
      );
    }
  }
  if (issues.length > 0 || typeof publicKey !== 'string') throw new UserError(issues);
  const secrets = documents.map((document) => ({ ...document, apiVersion: 'v1', kind: 'Secret' }));
  return { publicKey, secretName: HOST_KEY_SECRET, secrets };
}

function publicKeyIssues(found: unknown, file: string, remake: string): readonly string[] {
  const isKey = typeof found === 'string' && KEY.test(found);
  const impossible = isKey ? publicKeyRule(found) : undefined;
  if (isKey && impossible === undefined) return [];
  const what = impossible
    ? `which ${impossible}`
    : 'expected the canonical base64 of the 32 bytes of the public key';
  return [
    `${file}: ${PUBLIC_KEY_ANNOTATION} is ${found === undefined ? 'missing' : JSON.stringify(found)}, ` +
      `${what}: write there what ` +
      `\`sops decrypt --extract '["stringData"]["${PRIVATE_KEY_ENTRY}"]' ${file} | wg pubkey\` ` +
      `prints, or make a new key with \`${remake}\``,
  ];
}

/**
 * @returns undefined when there is no such file
 * @throws UserError without the parser's message, which quotes lines that may hold a key
 */
function readEncrypted(file: string): Mapping | undefined {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  try {
    return mapping(parse(text, { logLevel: 'error' }));
  } catch (error) {
    const at = error instanceof YAMLParseError ? error.linePos?.[0] : undefined;
    const code = error instanceof YAMLParseError ? ` (${error.code})` : '';
    throw new UserError(
      `${file}${at ? `:${at.line}:${at.col}` : ''}: is not one YAML document${code}: ` +
        "take the file from git's history; an encrypted file is never edited by hand below `sops:`",
    );
  }
}
