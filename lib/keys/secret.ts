import type { Inventory } from '../inventory/inventory';
import {
  HOST_KEY_SECRET,
  PRESHARED_KEY_ENTRY,
  PRIVATE_KEY_ENTRY,
  presharedKeySecret,
} from './host-key';

/** Annotation that says which cluster's inventory an encrypted Secret belongs to. */
export const CLUSTER_ANNOTATION = 'wireguard-endpoint/cluster';

/** Annotation that holds the public half of the host key, in plaintext. */
export const PUBLIC_KEY_ANNOTATION = 'wireguard-endpoint/public-key';

/** Annotation that says whose preshared key a Secret holds. */
export const PEER_ANNOTATION = 'wireguard-endpoint/peer';

/** What SOPS encrypts in a Secret; as onedr0p/cluster-template and the Flux guide have it. */
export const ENCRYPTED_REGEX = '^(data|stringData)$';

/**
 * A Secret before it is encrypted. It has one entry: SOPS authenticates values in document order, so
 * with a single one the file may be reordered (cdk8s sorts keys) and still be whole.
 */
export interface PlainSecret {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly type: 'Opaque';
  readonly stringData: Readonly<Record<string, string>>;
}

/** The Secret of the host key. Keys are canonical base64. */
export function hostKeySecret(
  inventory: Owner,
  privateKey: string,
  publicKey: string,
): PlainSecret {
  const annotations = { [PUBLIC_KEY_ANNOTATION]: publicKey };
  const stringData = { [PRIVATE_KEY_ENTRY]: privateKey };
  return secretOf(inventory, HOST_KEY_SECRET, annotations, stringData);
}

/** The Secret of one peer's preshared key: one each, so that adding one opens no other. */
export function presharedSecret(inventory: Owner, peer: string, presharedKey: string): PlainSecret {
  const stringData = { [PRESHARED_KEY_ENTRY]: presharedKey };
  return secretOf(inventory, presharedKeySecret(peer), { [PEER_ANNOTATION]: peer }, stringData);
}

type Owner = Pick<Inventory, 'cluster' | 'namespace'>;

function secretOf(
  { cluster, namespace }: Owner,
  name: string,
  annotations: Readonly<Record<string, string>>,
  stringData: Readonly<Record<string, string>>,
): PlainSecret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      annotations: { [CLUSTER_ANNOTATION]: cluster, ...annotations },
    },
    type: 'Opaque',
    stringData,
  };
}
