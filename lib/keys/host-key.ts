/** Entry of the host key's Secret that holds the private key: base64 text, as `wg genkey` prints it. */
export const PRIVATE_KEY_ENTRY = 'private-key';

/** Name of the Secret `npm run keygen` encrypts. */
export const HOST_KEY_SECRET = 'wireguard-key';

/** Entry of a preshared key's Secret: base64 text, as `wg genpsk` prints it. */
export const PRESHARED_KEY_ENTRY = 'preshared-key';

/** Name of the Secret that holds one peer's preshared key. */
export function presharedKeySecret(peer: string): string {
  return `wireguard-psk-${peer}`;
}

/** The host key as far as it may be known outside the cluster. */
export interface HostKey {
  /** Canonical base64 of 32 bytes; the pod refuses a private key that does not belong to it. */
  readonly publicKey: string;
  /** Name of the Secret in the endpoint's namespace. */
  readonly secretName: string;
  /** Encrypted Secrets that go into the manifests as they are: the host key's, then preshared keys'. */
  readonly secrets: readonly EncryptedSecret[];
}

/** A Secret as SOPS wrote it, with its `sops` metadata: Flux decrypts it. */
export interface EncryptedSecret {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}
