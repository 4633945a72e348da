import { ApiObject, Chart } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import type { PodMonitor } from '../../imports/monitoring.coreos.com';
import { UserError } from '../errors';
import { checkInventory, isChecked } from '../inventory/check';
import type { Inventory } from '../inventory/inventory';
import type { InventoryInput } from '../inventory/schema';
import type { HostKey } from '../keys/host-key';
import { podConfiguration } from './config-maps';
import { disruptionBudget } from './disruption-budget';
import { endpointPolicy } from './endpoint-policy';
import { namespace } from './namespace';
import { networkPolicies } from './network-policies';
import { podMonitor } from './pod-monitor';
import { policyBefore, type CommittedEgress } from './policy-before';
import { service } from './service';
import { statefulSet } from './stateful-set';

export interface WireguardEndpointProps {
  /** Who may connect, and to what: the shape of an inventory file, or one that was loaded. */
  readonly inventory: Inventory | InventoryInput;

  /**
   * Name of the cluster, a DNS label, for messages; an inventory that was loaded has its own.
   *
   * @default wireguard
   */
  readonly cluster?: string;

  /**
   * The host key's public half, and the encrypted Secrets that go with it.
   *
   * @default - the pod waits for a Secret `wireguard-key` and takes any private key in it
   */
  readonly hostKey?: HostKey;

  /**
   * With `isolate`: what the endpoint's policy let out before this change. It stays open until the
   * next, since the pod follows a change later than its policy.
   *
   * @default - nothing
   */
  readonly committedEgress?: CommittedEgress;
}

/** Everything one cluster needs to be reached over WireGuard, each object open to further changes. */
export class WireguardEndpoint extends Construct {
  /** The inventory with its defaults filled in. */
  readonly inventory: Inventory;
  readonly namespace: k8s.KubeNamespace;
  /** The pod's files: `wireguard`, and what did not fit in `wireguard-01` ... */
  readonly configMaps: readonly k8s.KubeConfigMap[];
  /** The encrypted Secrets of the host key and the preshared keys. */
  readonly secrets: readonly ApiObject[];
  readonly statefulSet: k8s.KubeStatefulSet;
  /** With several replicas. */
  readonly disruptionBudget?: k8s.KubePodDisruptionBudget;
  readonly service: k8s.KubeService;
  /** Policies that let the endpoint in, one in each namespace of `networkPolicies`. */
  readonly networkPolicies: readonly k8s.KubeNetworkPolicy[];
  /** The endpoint's own policy, with `isolate`. */
  readonly endpointPolicy?: k8s.KubeNetworkPolicy;
  /** What that policy let out before, where `committedEgress` is more. */
  readonly policyBefore?: ApiObject;
  /** With `metrics`. */
  readonly podMonitor?: PodMonitor;

  /**
   * @throws InventoryError with every issue of an inventory that was not loaded
   * @throws UserError when the chart has another namespace, or an endpoint of the same cluster makes
   * an object of the same name
   */
  constructor(scope: Construct, id: string, props: WireguardEndpointProps) {
    super(scope, id);
    const { cluster = 'wireguard', hostKey, committedEgress } = props;
    const inventory = isChecked(props.inventory)
      ? props.inventory
      : checkInventory(props.inventory, cluster);
    this.inventory = inventory;
    checkChart(Chart.of(this), inventory);

    this.namespace = namespace(this, inventory);
    const configuration = podConfiguration(this, inventory, hostKey);
    this.configMaps = configuration.configMaps;
    this.secrets = (hostKey?.secrets ?? []).map(
      (secret, index) => new ApiObject(this, `secret-${index}`, secret),
    );
    this.statefulSet = statefulSet(this, inventory, configuration, hostKey?.secretName);
    this.disruptionBudget = disruptionBudget(this, inventory);
    this.service = service(this, inventory);
    this.networkPolicies = networkPolicies(this, inventory);
    this.endpointPolicy = endpointPolicy(this, inventory);
    this.policyBefore = policyBefore(this, inventory, this.endpointPolicy, committedEgress);
    this.podMonitor = podMonitor(this, inventory);
    checkNames(this);
  }

  /** What it made, in the order of the manifest. */
  get objects(): ApiObject[] {
    return this.node.findAll().filter((child) => ApiObject.isApiObject(child));
  }
}

/** Every object names its namespace, so that of the chart would be ignored. */
function checkChart(chart: Chart, inventory: Inventory): void {
  if (chart.namespace === undefined || chart.namespace === inventory.namespace) return;
  throw new UserError(
    `chart "${chart.node.path}" has the namespace "${chart.namespace}", the inventory of ${inventory.cluster} ` +
      `"${inventory.namespace}"; set \`namespace\` in the inventory alone`,
  );
}

/** Two objects of one name would overwrite each other on their way to the cluster. */
function checkNames(endpoint: WireguardEndpoint): void {
  const { cluster } = endpoint.inventory;
  const taken = new Map(
    endpoint.node.root.node
      .findAll()
      .filter((other): other is WireguardEndpoint => other instanceof WireguardEndpoint)
      .filter((other) => other !== endpoint && other.inventory.cluster === cluster)
      .flatMap((other) => other.objects.map((object) => [fullName(object), other.node.path])),
  );
  for (const name of endpoint.objects.map(fullName)) {
    const holder = taken.get(name);
    if (holder === undefined) continue;
    throw new UserError(
      `"${endpoint.node.path}" and "${holder}" both make the ${name} of the cluster ${cluster}; give each ` +
        'cluster its name by the property `cluster`, or each endpoint of one cluster its `namespace`',
    );
  }
}

function fullName({ kind, metadata }: ApiObject): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;
}
