import { join } from 'node:path';
import { until } from '../../e2e/harness/shell';
import { apply, exec, get, kubectl, run as runProgram } from './kubectl';
import { type Feature, RUN_LABEL, type Settings } from './settings';
import { closed, namespaces, SCRIPTS } from './world';

type Found = Pick<Settings, 'run' | 'image'>;

interface NodeList {
  readonly items: readonly {
    readonly status: {
      readonly addresses: readonly { readonly type: string; readonly address: string }[];
    };
  }[];
}

/** Address of a node, as its kubelet gives it. */
export async function nodeAddress(): Promise<string> {
  const { items } = await get<NodeList>('node');
  const internal = items[0]?.status.addresses.find(({ type }) => type === 'InternalIP');
  if (internal === undefined) throw new Error('The cluster has no node with an InternalIP.');
  return internal.address;
}

/** Whether a pod with NET_ADMIN can make a WireGuard device. */
export async function wireguardInKernel({ run, image }: Found): Promise<boolean> {
  const namespace = `${run}-kernel`;
  const labels = { [RUN_LABEL]: run, 'pod-security.kubernetes.io/enforce': 'privileged' };
  await apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'kernel', namespace },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'kernel',
            image: image ?? 'node:24-alpine',
            command: ['sleep', '1000'],
            securityContext: { capabilities: { add: ['NET_ADMIN'] } },
          },
        ],
      },
    },
  ]);
  await kubectl(['wait', 'pod/kernel', '-n', namespace, '--for=condition=Ready', '--timeout=180s']);
  const { status } = await exec(namespace, 'kernel', [
    'ip',
    'link',
    'add',
    'wg',
    'type',
    'wireguard',
  ]);
  await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  return status === 0;
}

/** What the cluster lacks of what the tests ask for. Also defines PodMonitors where nobody has. */
export async function missingFeatures(found: Found, restartKubelet?: string): Promise<Feature[]> {
  await definePodMonitors(found);
  return [
    ...((await enforcesPolicies(found)) ? [] : ['policies' as const]),
    ...((await enforcesPodSecurity(found)) ? [] : ['podsecurity' as const]),
    ...((await isDualStack(found)) ? [] : ['dualstack' as const]),
    ...((await hasDefinition('kustomizations.kustomize.toolkit.fluxcd.io'))
      ? []
      : ['flux' as const]),
    ...(restartKubelet ? [] : ['kubelet' as const]),
  ];
}

async function hasDefinition(name: string): Promise<boolean> {
  return (await runProgram('kubectl', ['get', 'crd', name])).status === 0;
}

async function definePodMonitors({ run }: Found): Promise<void> {
  const name = 'podmonitors.monitoring.coreos.com';
  if (await hasDefinition(name)) return;
  const file = join(__dirname, '../../../imports/crds/monitoring.coreos.com_podmonitors.yaml');
  await kubectl(['apply', '--server-side', '-f', file]);
  await kubectl(['label', 'crd', name, `${RUN_LABEL}=${run}`]);
}

/** Closes a namespace, and looks whether it is closed. */
async function enforcesPolicies({ run }: Found): Promise<boolean> {
  const { peers, store } = namespaces(run);
  await apply([closed(store)]);
  const host = `echo.${store}.svc.cluster.local`;
  const ask = ['node', `${SCRIPTS}/ask.mjs`, 'tcp', host, '7001', '1'];
  const enforced = await until(
    '',
    15,
    async () => (await exec(peers, 'hero', ask)).status !== 0,
  ).catch(() => false);
  await kubectl(['delete', 'networkpolicy', 'closed', '-n', store]);
  await until(
    'the namespace is open again',
    15,
    async () => (await exec(peers, 'hero', ask)).status === 0,
  );
  return enforced;
}

async function enforcesPodSecurity({ run }: Found): Promise<boolean> {
  const metadata = { name: 'privileged', namespace: namespaces(run).shop };
  const container = { name: 'a', image: 'a', securityContext: { privileged: true } };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container] } };
  const args = ['apply', '--dry-run=server', '-f', '-'];
  return (await runProgram('kubectl', args, { input: JSON.stringify(pod) })).status !== 0;
}

async function isDualStack({ run }: Found): Promise<boolean> {
  const service = await get<{ spec: { ipFamilies: string[] } }>(
    'service',
    'echo',
    '-n',
    namespaces(run).store,
  );
  return service.spec.ipFamilies.length === 2;
}
