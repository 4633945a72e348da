import { spawnSync } from 'node:child_process';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { readIfThere } from './files';
import type { Inventory } from './inventory/inventory';
import { NAME } from './names';
import { POLICY_BEFORE, type CommittedEgress, type EgressRules } from './manifests/policy-before';
import { MANIFEST } from './manifest-files';

interface Policy {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: { readonly egress?: EgressRules };
}

/**
 * What the endpoint's policies let out as the manifest of the last commit has them, or, where that is
 * not under git, the one in the output folder.
 *
 * @param outdir folder of the manifests
 */
export function committedEgress(
  outdir: string,
  { cluster, namespace, isolate }: Inventory,
): CommittedEgress | undefined {
  if (isolate === false) return undefined;
  const file = resolve(outdir, cluster, MANIFEST);
  const policies = (inLastCommit(file) ?? readIfThere(join(outdir, cluster, MANIFEST)) ?? '')
    .split(/^---$/m)
    .filter((text) => /^kind: NetworkPolicy$/m.test(text))
    .map((text) => parse(text) as Policy)
    .filter(({ metadata }) => metadata.namespace === namespace);
  const egressOf = (name: string) =>
    policies.find(({ metadata }) => metadata.name === name)?.spec.egress;
  const now = egressOf(NAME);
  return now && { now, before: egressOf(POLICY_BEFORE) ?? [] };
}

/** The CLI of cdk8s removes `dist/` before it begins, but not from the repository. */
function inLastCommit(file: string): string | undefined {
  const cluster = dirname(file);
  const { status, stdout } = spawnSync(
    'git',
    ['show', `HEAD:./${basename(dirname(cluster))}/${basename(cluster)}/${basename(file)}`],
    { cwd: dirname(dirname(cluster)), encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  return status === 0 ? stdout : undefined;
}
