import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apply, get, kubectl } from './kubectl';
import { ENDPOINT_NAME, RUN_LABEL, type Settings } from './settings';

/** Folder of the scripts in every pod of ours. */
export const SCRIPTS = '/scripts';

const e2e = join(__dirname, '../../e2e/harness');
const scripts = [
  ...['ask.mjs', 'backend.mjs', 'lookup.mjs', 'watch.mjs'].map((name) => join(__dirname, name)),
  join(e2e, 'hold.mjs'),
];

export function namespaces(run: string) {
  return { peers: `${run}-peers`, shop: `${run}-shop`, store: `${run}-store` };
}

/** A NetworkPolicy that lets nobody into a namespace. */
export const closed = (namespace: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'closed', namespace },
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
});

/** Address of a pod, by its label `app`. */
export async function podAddress(
  namespace: string,
  app: string,
  family: 4 | 6 = 4,
): Promise<string> {
  const { items } = await get<{
    items: { status: { podIPs: { ip: string }[] } }[];
  }>('pod', '-n', namespace, '-l', `app=${app}`);
  const found = items[0]?.status.podIPs.find(({ ip }) => ip.includes(':') === (family === 6));
  if (found === undefined) throw new Error(`no pod ${app} with IPv${family} in ${namespace}`);
  return found.ip;
}

type WorldSettings = Pick<Settings, 'run' | 'image' | 'userspace' | 'node'>;

/**
 * Namespaces, peers and destinations that all tests share:
 *
 *   peers   `hero` and `yen`, which may make tunnels
 *   shop    `echo` (port 7001, of the pod 7000; two pods) and `postgresql`
 *   store   `echo`, of one pod
 */
export async function createWorld(settings: WorldSettings): Promise<void> {
  const { peers, shop, store } = namespaces(settings.run);
  await apply([
    namespace(settings.run, peers, { 'pod-security.kubernetes.io/enforce': 'privileged' }),
    namespace(settings.run, shop),
    namespace(settings.run, store),
    ...[peers, shop, store].map(scriptsMap),
    peer(settings, 'hero'),
    peer(settings, 'yen'),
    ...echo(settings, shop, 2),
    ...echo(settings, store, 1),
    ...postgresql(settings, shop),
  ]);
}

/** Waits until every pod is there. */
export async function awaitWorld({ run }: WorldSettings): Promise<void> {
  for (const each of Object.values(namespaces(run))) {
    await kubectl(['wait', 'pod', '--all', '-n', each, '--for=condition=Ready', '--timeout=180s']);
  }
}

function namespace(run: string, name: string, labels: Record<string, string> = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { [RUN_LABEL]: run, ...labels } },
  };
}

function scriptsMap(namespace: string): object {
  const data = scripts.map((file) => [file.split('/').at(-1), readFileSync(file, 'utf8')]);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'scripts', namespace },
    data: Object.fromEntries(data) as Record<string, string>,
  };
}

const volumes = [{ name: 'scripts', configMap: { name: 'scripts' } }];
const volumeMounts = [{ name: 'scripts', mountPath: SCRIPTS }];

const confined = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

function peer({ run, image, userspace, node }: WorldSettings, name: string): object {
  const install = image ? '' : 'apk add --no-cache iproute2 wireguard-tools postgresql-client && ';
  const tun = { name: 'tun', hostPath: { path: '/dev/net/tun', type: 'CharDevice' } };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: namespaces(run).peers, labels: { app: 'peer' } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      hostAliases: [{ ip: node, hostnames: [ENDPOINT_NAME] }],
      containers: [
        {
          name: 'peer',
          image: image ?? 'node:24-alpine',
          command: ['sh', '-c', `${install}exec sleep 100000`],
          readinessProbe: {
            exec: { command: ['sh', '-c', 'command -v wg-quick && command -v psql'] },
            periodSeconds: 1,
          },
          securityContext: { capabilities: { add: ['NET_ADMIN'] } },
          volumeMounts: [
            ...volumeMounts,
            ...(userspace ? [{ name: 'tun', mountPath: '/dev/net/tun' }] : []),
          ],
        },
      ],
      volumes: [...volumes, ...(userspace ? [tun] : [])],
    },
  };
}

function echo({ image }: WorldSettings, namespace: string, replicas: number): object[] {
  const labels = { app: 'echo' };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'echo', namespace },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 1,
            containers: [
              {
                name: 'echo',
                image: image ?? 'node:24-alpine',
                command: ['node', `${SCRIPTS}/backend.mjs`, '7000'],
                readinessProbe: { tcpSocket: { port: 7000 }, periodSeconds: 1 },
                securityContext: { ...confined, runAsNonRoot: true, runAsUser: 1000 },
                volumeMounts,
              },
            ],
            volumes,
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'echo', namespace },
      spec: {
        selector: labels,
        ipFamilyPolicy: 'PreferDualStack',
        ports: ['TCP', 'UDP'].map((protocol) => ({
          name: protocol.toLowerCase(),
          protocol,
          port: 7001,
          targetPort: 7000,
        })),
      },
    },
  ];
}

function postgresql({ image }: WorldSettings, namespace: string): object[] {
  const labels = { app: 'postgresql' };
  const start = `
    initdb --no-sync --auth=trust --username=postgres /tmp/data >/dev/null
    echo host all all all trust >>/tmp/data/pg_hba.conf
    exec postgres -D /tmp/data -c listen_addresses=* -c unix_socket_directories=/tmp -c fsync=off`;
  return [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'postgresql', namespace, labels },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: 'postgresql',
            image: image ?? 'postgres:18-alpine',
            command: ['sh', '-euc', start],
            readinessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 1 },
            securityContext: { ...confined, runAsNonRoot: true, runAsUser: 70 },
          },
        ],
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'postgresql', namespace },
      spec: { selector: labels, ports: [{ port: 5432 }] },
    },
  ];
}
