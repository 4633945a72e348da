/**
 * The public API: an endpoint in a cdk8s app of your own, and what the commands do as functions.
 * What asks Cloudflare or a cluster, and what encrypts, is loaded when it is first called.
 */
export type { ClientConfiguration, ReachableService, Reach } from './client/configuration';
export { deviceName } from './client/device';
export {
  clientFiles,
  type ClientFile,
  type ClientFormat,
  type KeyFiles,
} from './client/client-files';
export { joinedTunnels, overlapNotes, type Membership } from './client/join';
export { lookUpConfiguration, type LookupOptions } from './client/lookup';
export { publishConfiguration, type PublishOptions, type PublishResult } from './client/publish';
export type { WaitOptions } from './client/reach';
export { saveTunnels, type Saved, type SavedTunnel } from './client/save';
export { tunnelOf, type Tunnel, type TunnelEndpoint } from './client/tunnel';
export type { RetryPolicy } from './dns/retry-policy';
export type { Environment } from './dns/credentials';
export type { Change, Difference, PlannedChange, PlanOptions } from './dns/plan';
export type { WantedRecord, ZoneRecord } from './dns/record';
export { syncRecords, type RecordResult, type SyncOptions } from './dns/sync';
export { reportUserErrors, UserError } from './errors';
export type { WholeFile } from './files';
export type { Range } from './formats/address';
export { graph } from './graph';
export { checkInventory } from './inventory/check';
export type { Destination } from './inventory/destination';
export { InventoryError } from './inventory/issue';
export type * from './inventory/inventory';
export { loadInventories, loadInventory } from './inventory/load';
export type { InventoryInput, Sections } from './inventory/schema';
export {
  applyChange,
  peerAddition,
  peerRemoval,
  type InventoryChange,
  type NewPeer,
  type PeerRemoval,
} from './inventory-file/change';
export { sharedPeerWarnings } from './inventory/shared-peers';
export type { PodSettings } from './kubernetes/pod-settings';
export { inventoryWarnings } from './inventory/warnings';
export type { HostKey, EncryptedSecret } from './keys/host-key';
export {
  encryptHostKey,
  encryptPresharedKey,
  type KeygenOptions,
  type Written,
} from './keys/keygen';
export { readHostKey } from './keys/read-host-key';
export type { EgressRules } from './manifests/policy-before';
export type { CommittedEgress } from './manifests/policy-before';
export { WireguardEndpoint, type WireguardEndpointProps } from './manifests/endpoint';
