import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Inventory } from '../inventory/inventory';
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
  /** Who may connect, and to what. */
  readonly inventory: Inventory;

  /**
   * The host key's public half, and the sealed Secrets that go with it.
   *
   * @default - the pod waits for a Secret `wireguard-key` and takes any private key in it
   */
  readonly hostKey?: HostKey;
}

/** Everything one cluster needs to be reached over WireGuard. */
export class WireguardEndpoint extends Construct {
  constructor(scope: Construct, id: string, props: WireguardEndpointProps) {
    super(scope, id);
    const { inventory, hostKey } = props;

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
