import { join } from 'node:path';
import { UserError } from '../errors';
import { readIfThere, type WholeFile } from '../files';
import { refuseTracked } from '../git-ignore';
import { ENCRYPTED_REGEX } from './secret';
import { SOPS_CONFIG } from './sops-config';

/** File of the age identity, in the folder of `.sops.yaml`. Secret, and never in git. */
const IDENTITY_FILE = 'age.agekey';

/** An age identity for a repository that has no `.sops.yaml` yet. */
interface FirstIdentity {
  /** Where the identity is or will be. */
  readonly path: string;
  /** Its public half, `age1...`. */
  readonly recipient: string;
  /** What is still to be written, in this order: the identity unless it is there, `.sops.yaml`. */
  readonly files: readonly WholeFile[];
}

/**
 * Prepares a repository's first identity, or takes up the one that is there; writes nothing.
 *
 * @throws UserError when git would track the identity, or the one that is there is of no use
 */
export async function firstIdentity(folder: string): Promise<FirstIdentity> {
  const path = join(folder, IDENTITY_FILE);
  const repair = 'add a line `*.agekey` to .gitignore, and `git rm --cached` it if it is tracked';
  refuseTracked(path, 'an age identity', repair);
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const present = readIdentity(path);
  const identity = present ?? (await generateX25519Identity());
  let recipient: string;
  try {
    recipient = await identityToRecipient(identity);
  } catch {
    throw new UserError(`${path}: holds no age identity: move the file away, or mend it`);
  }
  const config = { path: join(folder, SOPS_CONFIG), content: sopsConfig(recipient), mode: 0o644 };
  if (present !== undefined) return { path, recipient, files: [config] };
  const content = `# created: ${new Date().toISOString()}\n# public key: ${recipient}\n${identity}\n`;
  return { path, recipient, files: [{ path, content, mode: 0o600 }, config] };
}

/** The first identity of an age-keygen file; '' when it has none. */
function readIdentity(path: string): string | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const key = text.split('\n').find((line) => line.startsWith('AGE-SECRET-KEY-'));
  return key?.trim() ?? '';
}

function sopsConfig(recipient: string): string {
  return `# Whom SOPS, and \`npm run keygen\`, encrypt to: https://getsops.io/docs/#using-sopsyaml-conf
creation_rules:
  - path_regex: secrets/.*\\.sops\\.yaml$
    encrypted_regex: ${ENCRYPTED_REGEX}
    mac_only_encrypted: true
    age: ${recipient}
stores:
  yaml:
    indent: 2
`;
}
