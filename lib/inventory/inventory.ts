/**
 * A checked inventory: what every other room works from. Nothing in it needs checking again, lists
 * are in a stable order, and every default is filled in.
 */
export interface Inventory {
  /** Name of the cluster: the inventory file's name without its ending. A DNS label. */
  readonly cluster: string;
  /** The service addresses as a CIDR in canonical form, e.g. `10.1.3.16/28`. */
  readonly network: string;
  /** Peers by ascending address. */
  readonly peers: readonly Peer[];
  /** Services by ascending address, then protocol, then port. */
  readonly services: readonly Service[];
  /** The DNS record of the endpoint; absent: `npm run dns` writes no record. */
  readonly dns?: DnsSettings;
  /** Namespaces that get a NetworkPolicy which lets the endpoint in, sorted. */
  readonly networkPolicies: readonly string[];
  /** UDP port of the endpoint, inside the pod and on the Service. @default 342 */
  readonly port: number;
  /** The Service's node port, 30000-32767; absent: the cluster picks one. */
  readonly nodePort?: number;
  /** How `npm run dns` finds the live Service; absent: it needs a pinned `nodePort`. */
  readonly kubernetes?: KubernetesSettings;
  /** Namespace of the endpoint. @default wireguard */
  readonly namespace: string;
  /** Labels of the namespace and the pod; network policies select by them. @default {app: wireguard} */
  readonly labels: Readonly<Record<string, string>>;
  /** Pods that share the host key, 1 or more. @default 1 */
  readonly replicas: number;
  /** The UDP Service. */
  readonly service: ServiceSettings;
  /** Container images. */
  readonly images: Images;
  /** Resources of each container, as Kubernetes quantities. */
  readonly resources: Readonly<Record<ContainerName, Resources>>;
  /** MTU of wg0, 1280-65456 bytes; absent: that of the pod's eth0 less 80. */
  readonly mtu?: number;
  /** DNS servers nginx asks, as addresses; empty: those of the pod's /etc/resolv.conf. */
  readonly resolver: readonly string[];
  /**
   * Nodes whose kernel has no WireGuard: the pod gets their /dev/net/tun, and its image must bring
   * wireguard-go. @default false
   */
  readonly userspace: boolean;
  /** @default cluster.local */
  readonly clusterDomain: string;
  /** Adds the Prometheus exporter and a PodMonitor. @default false */
  readonly metrics: boolean;
  /** Namespace Prometheus scrapes from; matters with `isolate`. @default monitoring */
  readonly monitoringNamespace: string;
  /** Adds a NetworkPolicy by which the pod talks to peers, DNS and its destinations alone. @default false */
  readonly isolate: boolean;
  /** A host key that comes from elsewhere; absent: `npm run keygen` sealed one. */
  readonly key?: ExternalKey;
}

/** Someone who may connect. */
export interface Peer {
  /** A DNS label, unique. */
  readonly name: string;
  /** VPN address without prefix length, canonical, unique, outside the network. */
  readonly address: string;
  /** WireGuard public key: canonical base64 of 32 bytes, unique. */
  readonly publicKey: string;
  /** Further CIDRs behind a peer that is a router, canonical and sorted. */
  readonly allowedIPs: readonly string[];
  /** Whether a preshared key for this peer is in the Secret. @default false */
  readonly psk: boolean;
}

/** One listener: a port on a VPN address, and where its connections go. */
export interface Service {
  /** A DNS label. */
  readonly name: string;
  /** Position of `address` in the network, from 0. */
  readonly offset: number;
  /** VPN address without prefix length, canonical. */
  readonly address: string;
  /** 1-65535 */
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** Fully qualified host name or address (IPv6 without brackets), and port 1-65535. */
  readonly dest: { readonly host: string; readonly port: number };
  /** Names of the only peers that may connect; absent: every peer may. */
  readonly peers?: readonly string[];
  /** Idle time after which a connection is closed, in nginx's notation (`24h`). @default 24h for tcp, 1m for udp */
  readonly timeout: string;
  /** Announce the peer's address to the destination (PROXY protocol version 1). @default false */
  readonly proxyProtocol: boolean;
}

/** `<name>.<zone>` is made a CNAME of `target`. Names are lower-case ASCII without a final dot. */
export interface DnsSettings {
  readonly zone: string;
  /** One or more labels relative to the zone. */
  readonly name: string;
  readonly target: string;
  /** Also publish `<service>.<name>.<zone>` with each service's VPN address. @default false */
  readonly services: boolean;
}

/** Which cluster to ask; never the default context. */
export interface KubernetesSettings {
  /** Absolute path; the inventory gives it relative to its own folder. */
  readonly kubeconfig: string;
  readonly context: string;
}

export interface ServiceSettings {
  /** @default NodePort */
  readonly type: 'NodePort' | 'LoadBalancer';
  /** @default Cluster */
  readonly externalTrafficPolicy: 'Cluster' | 'Local';
}

export interface Images {
  readonly wireguard: string;
  readonly nginx: string;
  readonly exporter: string;
}

export type ContainerName = keyof Images;

export interface Resources {
  readonly requests?: Quantities;
  readonly limits?: Quantities;
}

export interface Quantities {
  readonly cpu?: string;
  readonly memory?: string;
}

export interface ExternalKey {
  /** Name of a Secret in the endpoint's namespace with an entry `private-key`. */
  readonly secretName: string;
  /** The public half, canonical base64 of 32 bytes. */
  readonly publicKey: string;
}
