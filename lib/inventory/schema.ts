import { z } from 'zod';
import { parseAddress, parseNetwork, type Range } from '../formats/address';
import { duration } from '../formats/duration';
import { dnsLabel, domainName, hostName, LABEL } from '../formats/host-name';
import { imageReference } from '../formats/image-reference';
import { labelKey, labelValue } from '../formats/kubernetes-label';
import { following } from '../formats/parse-result';
import { filePath, plainText } from '../formats/plain-text';
import { quote } from '../printable';
import { cpu, isLess, memory } from '../formats/quantity';
import { KEY, publicKey } from '../formats/wireguard-key';
import { defaultImages, defaultRequests, type ContainerName } from './containers';
import { parseDestination } from './destination';
import { dnsTarget } from './dns-target';
import { egressRule } from '../kubernetes/egress';
import { flag, flagOr, integer, keyed, list, mapping, parsed, text } from '../formats/fields';
import { parseOffset } from './offset';
import { podSettings, type PodSettings } from '../kubernetes/pod-settings';
import { serviceSettings } from '../kubernetes/service-settings';

/*
 * The shape of an inventory file: the only definition of its keys. The types, the checks and parsing
 * of single values, `inventory/schema.json` and the table of keys come from here, and the comment
 * above a key is its documentation in all of them. What values must be to each other is in the files
 * `*-rules.ts`.
 */

const label = () => text(dnsLabel, { pattern: LABEL.source });
const wireguardKey = () => text(publicKey, { pattern: KEY.source });

const peer = mapping({
  /** Name of the peer, unique: a DNS label. */
  name: label(),
  /** Its WireGuard public key, as `wg pubkey` prints it; unique. */
  pubkey: wireguardKey(),
  /**
   * Further networks behind a peer that is itself a router, as CIDRs. None may overlap the network,
   * another peer or its allowedIPs.
   *
   * @example ["192.168.7.0/24"]
   */
  allowedIPs: z.array(parsed(parseNetwork)).prefault([]),
  /** Whether a Secret `wireguard-psk-<name>` holds a preshared key for this peer. */
  psk: flag(),
}).transform(({ pubkey, ...rest }) => ({
  ...rest,
  /** WireGuard public key: canonical base64 of 32 bytes, unique. */
  publicKey: pubkey,
}));

/** Someone who may connect. */
export interface Peer extends Immutable<z.output<typeof peer>> {
  /** VPN address, unique, outside the network. */
  readonly address: Range;
}

const overlapsPeer = (address: string) =>
  `overlaps ${address} of peers["${address}"]; an address leads to one peer`;

const service = mapping({
  /** Name of the service, for the log and for clients: a DNS label. */
  name: label(),
  /**
   * Where connections go: a fully qualified host name or an address, and a port. nginx knows no
   * search domains, so a Kubernetes service needs its whole name. IPv6 addresses go in brackets and
   * quotes.
   *
   * @example postgresql.postgresql.svc.cluster.local:5432
   * @example 10.0.0.7:443
   * @example [fd00::7]:443
   */
  dest: parsed(parseDestination),
  /** Port to listen on, on the VPN address. */
  port: integer(1, 65535),
  /** tcp or udp. */
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
  /** Names of the only peers that may connect. Left out: every peer may. */
  peers: z.array(label()).optional(),
  /**
   * Idle time after which a connection is closed, 1s to 365d. Left out: 24h for tcp, 1m for udp.
   *
   * @example 90s
   * @example 30m
   * @example 1h30m
   * @example 7d
   */
  timeout: text(duration).optional(),
  /**
   * Announce the peer's address to the destination by the PROXY protocol, version 1, which the
   * destination must expect; tcp only.
   */
  proxyProtocol: flag(),
});

const SERVICES = '[{ name: db, dest: host.domain:port, port: 5432 }]';

const dns = mapping({
  /**
   * The DNS zone the record goes into.
   *
   * @example example.org
   */
  zone: text(domainName),
  /**
   * Name of the record, relative to the zone.
   *
   * @example wireguard
   */
  name: text(hostName),
  /**
   * Where the record leads: a host name of the cluster's nodes, which makes it a CNAME, or the
   * nodes' address or a list of their addresses.
   *
   * @example myth.example.org
   * @example 203.0.113.7
   * @example ["203.0.113.7", "2001:db8::7"]
   */
  target: dnsTarget(),
  /**
   * Also publish `<service>.<name>.<zone>` with the VPN address of each service. A service name then
   * stands for one address.
   */
  services: flag(),
});

const quantities = mapping({
  /** Processor time, such as 10m or 0.5. */
  cpu: text(cpu).optional(),
  /** Bytes, such as 64Mi. */
  memory: text(memory).optional(),
});

const resources = (container: ContainerName) =>
  mapping({
    /** What the container is promised. */
    requests: quantities.default({}),
    /** What it may not exceed. */
    limits: quantities.optional(),
  })
    .transform(({ requests, limits }) => ({
      requests: { ...defaultRequests[container], ...requests },
      ...(limits && { limits }),
    }))
    .check(({ value: { requests, limits }, issues }) => {
      for (const kind of ['cpu', 'memory'] as const) {
        const limit = limits?.[kind];
        // The API server refuses a limit below the request.
        if (limit === undefined || !isLess(limit, requests[kind])) continue;
        const message = `is less than the request, ${quote(requests[kind])}; raise it or lower requests.${kind}`;
        issues.push({ code: 'custom', message, input: limit, path: ['limits', kind] });
      }
    })
    .prefault({ requests: defaultRequests[container] });

export const inventorySchema = mapping({
  /**
   * The service addresses as a CIDR; what clients put in AllowedIPs.
   *
   * @example 10.1.3.16/28
   * @example fd00:3::/64
   */
  network: parsed(parseNetwork),
  /**
   * Who may connect, by VPN address: IPv4 or IPv6, outside the network, each in canonical spelling.
   */
  peers: keyed(
    {
      title: 'address',
      parse: parseAddress,
      repeats: overlapsPeer,
      form: '10.1.2.4: { name: hero, pubkey: … }',
    },
    peer,
  ).transform((peers): Peer[] => peers.map(([address, rest]) => ({ ...rest, address }))),
  /** What listens where: an offset into the network, from 0, and a list of services. */
  services: keyed(
    {
      title: 'offset',
      parse: parseOffset,
      hint: { pattern: '^(0|[1-9][0-9]*)$' },
      form: `1: ${SERVICES}`,
    },
    list(service, SERVICES).min(1, {
      error: 'must hold at least one service; or remove the offset',
    }),
  ),
  /** The DNS record of the endpoint. Left out: `npm run dns` writes no record. */
  dns: dns.optional(),
  /**
   * Namespaces that already use network policies, and only those: each gets one that lets the
   * endpoint in. In a namespace without any, it would shut everyone else out.
   *
   * @example ["postgresql"]
   */
  networkPolicies: z.array(label()).default([]),
  /** UDP port of the endpoint, in the pod and on the Service. */
  port: integer(1, 65535).default(342),
  /**
   * The Service's node port, which must lie in the cluster's range: 30000-32767 unless its API server
   * says otherwise. Left out: the cluster picks one, and `npm run dns` asks for it.
   */
  nodePort: integer(1, 65535).optional(),
  /** How `npm run dns` finds the live Service. Not needed with a nodePort. */
  kubernetes: mapping({
    /**
     * The kubeconfig file, relative to this file's folder.
     *
     * @example ../.kubeconfig-myth
     */
    kubeconfig: text(filePath),
    /** The context in it; never the default one. */
    context: text(plainText),
  }).optional(),
  /** Namespace of the endpoint, its own. */
  namespace: label().default('wireguard'),
  /**
   * Labels of the namespace and the pod, at least one. `app` selects the pods (`wireguard` where it is
   * left out), so it can never change once it was applied; the others may.
   */
  labels: keyed({ title: 'key', parse: following(labelKey) }, text(labelValue))
    .check(({ value, issues }) => {
      const message = 'must hold at least one label; write { app: wireguard } or remove the key';
      if (value.length === 0) issues.push({ code: 'custom', message, input: {} });
    })
    .transform((labels) => Object.fromEntries([...labels].sort(([a], [b]) => (a < b ? -1 : 1))))
    .prefault({ app: 'wireguard' }),
  /**
   * Pods that share the host key. With more than one, a client is served again seconds after a node
   * is lost.
   */
  replicas: integer(1, 10).default(1),
  /** The UDP Service. */
  service: serviceSettings,
  /** Where the pod may run and what goes with it, in Kubernetes' own words. */
  pod: podSettings.prefault({}),
  /** Container images. */
  images: mapping({
    /**
     * Any image with `wg` and iproute2's `ip` (or Alpine, which installs them), and a shell with awk,
     * cat, dirname, grep, head, mkdir, mv, readlink, rm, sed, sha256sum, sleep and sort.
     */
    wireguard: text(imageReference).default(defaultImages.wireguard),
    /**
     * nginx 1.21.4 or later with the stream module, `busybox` with nslookup, and a shell with awk, cat,
     * cmp, cp, cut, dirname, grep, head, mkdir, mv, nc, readlink, rm, sed, sha256sum, sleep, sort, timeout,
     * touch, uniq and wc, all of which busybox has.
     */
    nginx: text(imageReference).default(defaultImages.nginx),
    /**
     * The Prometheus exporter, for `metrics`. The default has no digest, since no public source names
     * one, and runs as uid 0 with NET_ADMIN: name one you have looked at, `name:tag@sha256:...`.
     */
    exporter: text(imageReference).default(defaultImages.exporter),
  }).prefault({}),
  /** Requests and limits, laid over the defaults. */
  resources: mapping({
    /** `requests` and `limits` of the wireguard container, each with `cpu` and `memory`. */
    wireguard: resources('wireguard'),
    /** `requests` and `limits` of the nginx container, each with `cpu` and `memory`. */
    nginx: resources('nginx'),
    /** `requests` and `limits` of the exporter container, each with `cpu` and `memory`. */
    exporter: resources('exporter'),
  }).prefault({}),
  /** MTU of wg0 in bytes. Left out: that of the pod's eth0 less 80. */
  mtu: integer(1280, 65456).optional(),
  /**
   * DNS servers nginx asks, as addresses. Empty: those of the pod's /etc/resolv.conf.
   *
   * @example ["10.43.0.10"]
   */
  resolver: z.array(parsed(parseAddress)).prefault([]),
  /**
   * Connections a peer may have at a time, half of them UDP sessions; a router counts with all behind
   * it. The pod holds 26000, or what its limit of open files allows, and a peer may have three fifths of
   * that; an eighth once three quarters are taken, and less the fuller it is. With more than 13000 here,
   * one peer may take it all.
   */
  connectionsPerPeer: integer(1, 26_000).default(10_000),
  /**
   * For nodes whose kernel has no WireGuard: gives the pod their /dev/net/tun. `images.wireguard`
   * must then name an image with wireguard-go.
   */
  userspace: flag(),
  /** Domain of the cluster. */
  clusterDomain: text(hostName).default('cluster.local'),
  /** Add the Prometheus exporter and a PodMonitor. */
  metrics: flag(),
  /** Namespace from which Prometheus scrapes; matters with `isolate`. */
  monitoringNamespace: label().default('monitoring'),
  /**
   * Add a network policy for the endpoint itself: in come peers and Prometheus; out go DNS in
   * kube-system or at `resolver`, the destinations and, with an Alpine image, its package mirror.
   * `true`, or a mapping with more that may go out.
   */
  isolate: flagOr(
    mapping({
      /**
       * Further rules in the words of a NetworkPolicy's `egress`, for what names and addresses do not
       * tell: where a ClusterIP, an ExternalName or a Service without selector leads, an API server
       * on another port than 6443, DNS elsewhere.
       */
      egress: z.array(egressRule).default([]),
    }),
  )
    .transform((given) => (given === true ? { egress: [] } : given))
    .prefault(false),
  /** A host key that comes from elsewhere. Left out: `npm run keygen` made one. */
  key: mapping({
    /** A Secret in the endpoint's namespace with an entry `private-key`. */
    secretName: text(hostName),
    /** The public half. */
    pubkey: wireguardKey(),
  })
    .transform(({ secretName, pubkey }) => ({ secretName, publicKey: pubkey }))
    .optional(),
});

/** The inventory as an operator writes it: only `network`, `peers` and `services` are required. */
export type InventoryInput = z.input<typeof inventorySchema>;

/** The same parsed and with every default filled in, before its sections are related to each other. */
export type Sections = Immutable<Omit<z.output<typeof inventorySchema>, 'pod'>> & {
  readonly pod: PodSettings;
};

type Immutable<Value> = Value extends string | number | boolean | undefined | Range
  ? Value
  : { readonly [Key in keyof Value]: Immutable<Value[Key]> };
