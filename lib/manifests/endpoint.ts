import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { checkInventory, isChecked } from '../inventory/check';
import type { Inventory } from '../inventory/inventory';
import type { InventoryInput } from '../inventory/schema';
import type { HostKey } from '../keys/host-key';
import { configMaps } from './config-maps';
import { disruptionBudget } from './disruption-budget';
import { endpointPolicy } from './endpoint-policy';
import { namespace } from './namespace';
import { networkPolicies } from './network-policies';
import { podMonitor } from './pod-monitor';
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
   * The host key's public half, and the sealed Secrets that go with it.
   *
   * @default - the pod waits for a Secret `wireguard-key` and takes any private key in it
   */
  readonly hostKey?: HostKey;
}

/** Everything one cluster needs to be reached over WireGuard. */
export class WireguardEndpoint extends Construct {
  /** The inventory with its defaults filled in. */
  readonly inventory: Inventory;

  /** @throws InventoryError with every fault of an inventory that was not loaded */
  constructor(scope: Construct, id: string, props: WireguardEndpointProps) {
    super(scope, id);
    const { cluster = 'wireguard', hostKey } = props;
    const inventory = isChecked(props.inventory)
      ? props.inventory
      : checkInventory(props.inventory, cluster);
    this.inventory = inventory;

    namespace(this, inventory);
    const configuration = configMaps(this, inventory, hostKey);
    hostKey?.sealed.forEach((secret, index) => new ApiObject(this, `secret-${index}`, secret));
    statefulSet(this, inventory, configuration, hostKey?.secretName);
    disruptionBudget(this, inventory);
    service(this, inventory);
    networkPolicies(this, inventory);
    endpointPolicy(this, inventory);
    podMonitor(this, inventory);
  }
}
