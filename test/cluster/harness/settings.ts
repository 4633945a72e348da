/** What the runner found out about the cluster, handed to the tests in the environment. */
export interface Settings {
  /** Begins the name of every namespace of this run, and is the value of {@link RUN_LABEL}. */
  readonly run: string;
  /** A kubeconfig with the named context alone, which is the current one in it. */
  readonly kubeconfig: string;
  readonly context: string;
  /** A folder of this run. */
  readonly folder: string;
  /** Address of a node. */
  readonly node: string;
  /** An image for every container; absent: the default ones. */
  readonly image?: string;
  /** The exporter's; absent: the default one. */
  readonly exporterImage?: string;
  /** Whether the node's kernel lacks WireGuard. */
  readonly userspace: boolean;
  /** A command that restarts the kubelet of the node. */
  readonly restartKubelet?: string;
  readonly without: readonly Feature[];
}

/** What not every cluster has. */
export const features = {
  policies: 'enforces no network policies',
  podsecurity: 'admits any pod to a namespace without labels (PodSecurity has no default there)',
  dualstack: 'gives a Service no IPv6 address',
  podmonitors: 'has no PodMonitor definition (monitoring.coreos.com)',
  flux: 'has no Flux (source-controller, kustomize-controller)',
  kubelet: 'has a kubelet that nobody said how to restart (--restart-kubelet)',
} as const;

export type Feature = keyof typeof features;

export const RUN_LABEL = 'wireguard-endpoint-test';
export const ENDPOINT_NAME = 'endpoint.test.example';

const variable = 'CLUSTER_TEST_SETTINGS';

/** The environment of the tests. */
export function environment(settings: Settings): NodeJS.ProcessEnv {
  return { ...process.env, KUBECONFIG: settings.kubeconfig, [variable]: JSON.stringify(settings) };
}

/** @throws where the tests were not started by the runner */
export function readSettings(): Settings {
  const text = process.env[variable];
  if (text === undefined)
    throw new Error('start this with: npm run test:cluster -- --context <name>');
  return JSON.parse(text) as Settings;
}

/** `describe` where the cluster has the features; the runner has said what it lacks. */
export function describeWith(...needed: readonly Feature[]): jest.Describe {
  const { without } = readSettings();
  return needed.some((feature) => without.includes(feature)) ? describe.skip : describe;
}
