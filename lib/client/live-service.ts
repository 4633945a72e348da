import { UserError } from '../errors';
import type { Inventory, KubernetesSettings } from '../inventory/inventory';
import { rootCause } from '../root-cause';
import { SERVICE_NAME } from '../manifests/names';

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

/** One answer of the API server, its body included, milliseconds. */
const TIMEOUT_MS = 10_000;

/**
 * Prepares to ask the cluster for the endpoint's Service, through the named kubeconfig and context
 * and no other.
 * @returns a function that reads the Service; its result is undefined when there is none
 * @throws UserError when the kubeconfig or the context is missing; the returned function throws one
 * when the API server cannot be reached or denies the reading
 */
export async function liveServiceReader(
  inventory: Inventory,
  { kubeconfig, context }: KubernetesSettings,
): Promise<() => Promise<LiveService | undefined>> {
  const { namespace } = inventory;
  // Loading the client takes a third of a second, which only those who ask a cluster shall pay.
  const { CoreV1Api, KubeConfig, ServerConfiguration, createConfiguration, ApiException } =
    await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new UserError(
      `kubernetes.kubeconfig ${kubeconfig} cannot be read: ${rootCause(error)}; ` +
        'its path is relative to the inventory file',
    );
  }
  const contexts = config.getContexts().map(({ name }) => name);
  if (!contexts.includes(context)) {
    throw new UserError(
      `kubernetes.context "${context}" is not in ${kubeconfig}; there ` +
        (contexts.length === 0 ? 'are none' : `are: ${contexts.sort().join(', ')}`),
    );
  }
  config.setCurrentContext(context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new UserError(`context "${context}" of ${kubeconfig} names a cluster that is not there`);
  }
  const api = new CoreV1Api(
    createConfiguration({
      baseServer: new ServerConfiguration(cluster.server, {}),
      authMethods: { default: config },
      promiseMiddleware: [
        {
          pre: (request) => {
            request.setSignal(AbortSignal.timeout(TIMEOUT_MS));
            return Promise.resolve(request);
          },
          post: (response) => Promise.resolve(response),
        },
      ],
    }),
  );
  const what = `Service ${namespace}/${SERVICE_NAME}, context "${context}"`;

  return async () => {
    try {
      const { spec, status } = await api.readNamespacedService({ name: SERVICE_NAME, namespace });
      return {
        type: spec?.type ?? 'ClusterIP',
        ports: (spec?.ports ?? []).map(({ port, protocol = 'TCP', nodePort }) => ({
          port,
          protocol,
          ...(nodePort === undefined ? {} : { nodePort }),
        })),
        addresses: (status?.loadBalancer?.ingress ?? [])
          .map(({ hostname, ip }) => hostname ?? ip)
          .filter((address) => address !== undefined),
      };
    } catch (error) {
      if (!(error instanceof ApiException)) {
        const isLate = (error as { name?: unknown }).name === 'AbortError';
        const reason = isLate
          ? `no complete answer within ${TIMEOUT_MS / 1000} s`
          : rootCause(error);
        throw new UserError(`${what}: ${cluster.server} cannot be reached: ${reason}`);
      }
      if (error.code === 404) return undefined;
      throw new UserError(`${what}: HTTP ${error.code}${hintFor(error.code, namespace)}`);
    }
  };
}

function hintFor(status: number, namespace: string): string {
  if (status === 401) return ': the credentials of this context are invalid or expired';
  if (status === 403) {
    return (
      `: this user may not read it; allow the verb "get" on services in the namespace ${namespace}, ` +
      'or pin nodePort in the inventory'
    );
  }
  return ': the API server does not answer as expected';
}
