import { z } from 'zod';
import { UserError } from '../errors';
import type { Inventory, KubernetesSettings } from '../inventory/inventory';
import { SERVICE_NAME } from '../names';
import { checkKubeconfig } from './kubeconfig';
import { kubectl } from './kubectl';

/** What matters of a Service in the cluster. */
export interface LiveService {
  readonly type: string;
  readonly ports: readonly LivePort[];
  /** Host names or addresses of its load balancer. */
  readonly addresses: readonly string[];
}

interface LivePort {
  readonly port: number;
  readonly protocol: string;
  readonly nodePort?: number;
}

/** The cluster gave no usable answer; the next one may be another. */
export class ClusterUnavailable extends UserError {}

/** One answer of the API server, its body included, seconds. */
const REQUEST_TIMEOUT_S = 10;

/** For kubectl in all: a plugin that logs in, then the answer. */
const KUBECTL_TIMEOUT_MS = 30_000;

const port = z.number().int().min(1).max(65535);

const serviceShape = z.object({
  spec: z.object({
    type: z.string().default('ClusterIP'),
    ports: z
      .array(z.object({ port, protocol: z.string().default('TCP'), nodePort: port.optional() }))
      .default([]),
  }),
  status: z
    .object({
      loadBalancer: z
        .object({
          ingress: z
            .array(z.object({ hostname: z.string().optional(), ip: z.string().optional() }))
            .default([]),
        })
        .optional(),
    })
    .optional(),
});

/**
 * Prepares to ask the cluster for the endpoint's Service, through the named kubeconfig and context
 * and no other. kubectl asks, since it knows every way to log in that a kubeconfig may name.
 * @returns a function that reads the Service; its result is undefined when there is none
 * @throws UserError when the kubeconfig or the context is missing; the returned function throws
 * {@link ClusterUnavailable} when the API server gives no usable answer, and UserError when it denies
 * the reading
 */
export function liveServiceReader(
  { namespace }: Inventory,
  { kubeconfig, context }: KubernetesSettings,
): () => Promise<LiveService | undefined> {
  checkKubeconfig({ kubeconfig, context });
  const what = `Service ${namespace}/${SERVICE_NAME}, context "${context}"`;
  return async () => {
    const { ok, stdout, stderr } = await kubectl(
      [
        `--kubeconfig=${kubeconfig}`,
        `--context=${context}`,
        `--request-timeout=${REQUEST_TIMEOUT_S}s`,
        // One request; `get service` would first ask which kinds of objects there are.
        ...['get', '--raw', `/api/v1/namespaces/${namespace}/services/${SERVICE_NAME}`],
      ],
      KUBECTL_TIMEOUT_MS,
    );
    if (ok) {
      const service = parseService(stdout);
      if (service !== undefined) return service;
      throw new ClusterUnavailable(`${what}: the API server answered with something else`);
    }
    if (stderr.includes('Error from server (NotFound)')) return undefined;
    const said = stderr.trim().split('\n').at(-1)?.slice(0, 500) ?? '';
    const message = `${what}: ${said === '' ? 'kubectl failed without a word' : said}`;
    const hint = hintFor(stderr, namespace);
    if (hint !== undefined) throw new UserError(`${message}: ${hint}`);
    throw new ClusterUnavailable(message);
  };
}

function parseService(text: string): LiveService | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = serviceShape.safeParse(content);
  if (!parsed.success) return undefined;
  const { spec, status } = parsed.data;
  return {
    type: spec.type,
    ports: spec.ports.map(({ nodePort, ...port }) => ({ ...port, ...(nodePort && { nodePort }) })),
    addresses: (status?.loadBalancer?.ingress ?? [])
      .map(({ hostname, ip }) => hostname ?? ip)
      .filter((address) => address !== undefined),
  };
}

/** What to do about a failure that waiting does not mend. */
function hintFor(stderr: string, namespace: string): string | undefined {
  if (/You must be logged in|\(Unauthorized\)/.test(stderr)) {
    return 'the credentials of this context are invalid or expired';
  }
  if (stderr.includes('(Forbidden)')) {
    return (
      `this user may not read it; allow the verb "get" on services in the namespace ${namespace}, ` +
      'or pin nodePort in the inventory'
    );
  }
  if (stderr.includes('getting credentials')) {
    return 'the program that the kubeconfig runs to log in failed; run kubectl with this context by hand';
  }
  if (stderr.includes('x509:')) {
    return 'the kubeconfig does not trust this API server; take the file from the cluster again';
  }
  return /^error: (?!net\/http)/m.test(stderr) ? 'check the kubeconfig' : undefined;
}
