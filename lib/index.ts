/**
 * The public API: an endpoint in a cdk8s app of your own, and what the commands do as functions.
 *
 * The command line tools for DNS and keys are not re-exported as one: `lib/dns`, `lib/client` and
 * `lib/keys` are imported by path, since the clients they load cost every synthesis a third of a
 * second.
 */
export { UserError } from './errors';
export { checkInventory } from './inventory/check';
export { InventoryError } from './inventory/fault';
export type * from './inventory/inventory';
export { loadInventories, loadInventory } from './inventory/load';
export type { InventoryInput } from './inventory/schema';
export { inventoryWarnings } from './inventory/warnings';
export type { HostKey, SealedSecret } from './keys/host-key';
export { readHostKey } from './keys/read-host-key';
export { WireguardEndpoint, type WireguardEndpointProps } from './manifests/endpoint';
