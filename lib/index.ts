/**
 * The public API: an endpoint in a cdk8s app of your own, and what the commands do as functions.
 * What asks Cloudflare or a cluster, and what encrypts, is loaded when it is first called.
 */
export { deviceName } from './client/device';
export { clientFiles, type ClientFile, type ClientFormat, type KeyFiles } from './client/forms';
export { joinedTunnels, overlapNotes, type Membership } from './client/join';
export { lookUpConfiguration, type LookupOptions } from './client/lookup';
export { publishConfiguration, type PublishOptions, type PublishResult } from './client/publish';
export { saveTunnels, type Saved, type SavedTunnel } from './client/save';
export { tunnelOf, type Tunnel, type TunnelEndpoint } from './client/tunnel';
export { syncRecords, type RecordResult, type SyncOptions } from './dns/sync';
export { reportUserErrors, UserError } from './errors';
export { graph } from './graph';
export { checkInventory } from './inventory/check';
export { InventoryError } from './inventory/issue';
export type * from './inventory/inventory';
export { loadInventories, loadInventory } from './inventory/load';
export type { InventoryInput } from './inventory/schema';
export {
  applyChange,
  peerAddition,
  peerRemoval,
  type InventoryChange,
  type NewPeer,
  type PeerRemoval,
} from './inventory-file/change';
export { sharedPeerWarnings } from './inventory/shared-peers';
export { inventoryWarnings } from './inventory/warnings';
export type { HostKey, EncryptedSecret } from './keys/host-key';
export {
  encryptHostKey,
  encryptPresharedKey,
  type KeygenOptions,
  type Written,
} from './keys/keygen';
export { readHostKey } from './keys/read-host-key';
export { WireguardEndpoint, type WireguardEndpointProps } from './manifests/endpoint';
