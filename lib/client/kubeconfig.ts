import { parse } from 'yaml';
import { z } from 'zod';
import { UserError } from '../errors';
import { readIfThere } from '../files';
import type { KubernetesSettings } from '../inventory/inventory';
import { quote } from '../printable';
import { rootCause } from '../root-cause';

const named = z.looseObject({ name: z.string() });

/** As much of a kubeconfig as tells where a context leads. */
const shape = z.object({
  contexts: z
    .array(named.extend({ context: z.looseObject({ cluster: z.string() }) }))
    .nullish()
    .transform((contexts) => contexts ?? []),
  clusters: z
    .array(named)
    .nullish()
    .transform((clusters) => clusters ?? []),
});

/**
 * Makes sure that the kubeconfig has the context and its cluster: without the latter, kubectl would
 * ask localhost:8080. Opens no file the kubeconfig names, and runs none of its programs.
 * @throws UserError naming the contexts there are
 */
export function checkKubeconfig({ kubeconfig, context }: KubernetesSettings): void {
  const refuse = (reason: string): never => {
    throw new UserError(
      `kubernetes.kubeconfig ${kubeconfig} cannot be read: ${reason}; ` +
        'its path is relative to the inventory file',
    );
  };
  const text = readIfThere(kubeconfig) ?? refuse('ENOENT: no such file');
  let content: unknown;
  try {
    content = parse(text, { uniqueKeys: false, logLevel: 'error' }) ?? {};
  } catch (error) {
    refuse(`it is not YAML: ${rootCause(error)}`);
  }
  const parsed = shape.safeParse(content);
  if (!parsed.success) {
    return refuse(`it is not a kubeconfig: ${parsed.error.issues[0]?.path.join('.') ?? ''}`);
  }
  const { contexts, clusters } = parsed.data;
  const found = contexts.find(({ name }) => name === context);
  if (found === undefined) {
    const names = contexts.map(({ name }) => name).sort();
    throw new UserError(
      `kubernetes.context ${quote(context)} is not in ${kubeconfig}; there ` +
        (names.length === 0 ? 'are none' : `are: ${names.join(', ')}`),
    );
  }
  const { cluster } = found.context;
  if (clusters.every(({ name }) => name !== cluster)) {
    throw new UserError(
      `context ${quote(context)} of ${kubeconfig} names the cluster ${quote(cluster)}, which does not exist there`,
    );
  }
}
