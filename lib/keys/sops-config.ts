import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isMap, isNode, isScalar, parseDocument, visit, type Pair } from 'yaml';
import { z } from 'zod';
import { UserError } from '../errors';
import { readIfThere } from '../files';
import { repositoryOf, upwards } from '../repository';

/** The file in which SOPS looks up whom a file is encrypted to. */
export const SOPS_CONFIG = '.sops.yaml';

/** What SOPS splits at commas, or a list: `parseKeyField` in its config/config.go. */
const keys = z.union([z.string(), z.array(z.string())]).nullish();
const text = z.string().nullish();

/**
 * A creation rule, with the types SOPS gives it: it refuses the whole file for a value of another type,
 * and ignores keys that are not here. So does this.
 */
const creationRule = z.object({
  path_regex: text,
  age: keys,
  pgp: keys,
  kms: keys,
  gcp_kms: keys,
  azure_keyvault: keys,
  hc_vault_transit_uri: keys,
  hckms: z.array(z.string()).nullish(),
  key_groups: z.array(z.looseObject({ age: z.array(z.string()).nullish() })).nullish(),
  shamir_threshold: z.int().nullish(),
  mac_only_encrypted: z.boolean().nullish(),
  unencrypted_suffix: text,
  encrypted_suffix: text,
  unencrypted_regex: text,
  encrypted_regex: text,
  unencrypted_comment_regex: text,
  encrypted_comment_regex: text,
});

const sopsConfig = z.object({ creation_rules: z.array(creationRule).nullish() });

export type CreationRule = z.infer<typeof creationRule>;

/**
 * The `.sops.yaml` SOPS would use when started in a folder: the nearest, there or above, but not from
 * outside the repository, where whoever reads the commit would not find it.
 *
 * @returns its path from the working directory; undefined when there is none
 * @throws UserError when the nearest is outside the repository, or there is only a `.sops.yml`
 */
export function findSopsConfig(folder: string): string | undefined {
  const root = repositoryOf(folder);
  let isOutside = false;
  for (const at of upwards(folder)) {
    const found = relative('', join(at, SOPS_CONFIG));
    if (existsSync(found)) {
      if (!isOutside) return found;
      throw new UserError(
        `${found}: is outside this repository, so it is not used: copy it to ` +
          `${relative('', join(root ?? folder, SOPS_CONFIG))}, or write another one there`,
      );
    }
    const misnamed = relative('', join(at, '.sops.yml'));
    if (!isOutside && existsSync(misnamed)) {
      throw new UserError(`${misnamed}: SOPS reads ${SOPS_CONFIG} only: rename the file`);
    }
    isOutside ||= at === root;
  }
  return undefined;
}

/**
 * The creation rules of a `.sops.yaml`, read as SOPS reads them. SOPS has another YAML library; what the
 * two may understand differently is refused.
 *
 * @throws UserError when SOPS would refuse the file, or might read it differently
 */
export function readCreationRules(config: string): readonly CreationRule[] {
  const parsed = sopsConfig.safeParse(parseYaml(readIfThere(config) ?? '', config) ?? {});
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, message }) => [...path, message].join(': '));
    throw new UserError(`${config}: ${issues.join('; ')}; mend it as SOPS' documentation has it`);
  }
  return parsed.data.creation_rules ?? [];
}

/** Some of these end a line in one YAML library and not in the other. */
const INVISIBLE = /(?![\t\r])[\p{C}\p{Zl}\p{Zp}]/u;

function parseYaml(source: string, config: string): unknown {
  const refuse = (what: string, line?: number) =>
    new UserError(`${config}${line === undefined ? '' : `:${line}`}: ${what}`);
  const odd = source.split('\n').findIndex((line) => INVISIBLE.test(line));
  if (odd >= 0) throw refuse('has an invisible character: remove it', odd + 1);
  const document = parseDocument(source, { merge: true, logLevel: 'error' });
  const [issue] = [...document.errors, ...document.warnings];
  if (issue?.code === 'MULTIPLE_DOCS') {
    throw refuse('has several documents, and SOPS reads the first alone: leave one');
  }
  if (issue) {
    // What follows in the message quotes the file, which may hold an identity by mistake.
    const [what] = issue.message.split('\n');
    throw refuse(`is not YAML: ${String(what).replace(/:$/, '')}; mend the line`);
  }
  visit(document, (key, node) => {
    if (!isNode(node)) return;
    if (node.tag !== undefined) throw refuse(`has a tag, ${node.tag}: remove it`);
    if (isMap(node) && node.items.filter(isMerge).length > 1) {
      throw refuse('has two "<<" in one mapping: merge a list of them');
    }
    if (key === 'key' && isScalar(node) && node.source === '<<' && node.type !== 'PLAIN') {
      throw refuse('has "<<" in quotes: remove them');
    }
  });
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw refuse(`is not YAML: ${error instanceof Error ? error.message : String(error)}; mend it`);
  }
}

const isMerge = ({ key }: Pair) => isScalar(key) && key.source === '<<';
