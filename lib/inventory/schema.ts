import { z } from 'zod';
import * as grammar from './grammar';
import { defaultImages } from './images';
import { cpu, defaultResources, memory } from './resources';
import { suggest } from './suggest';

/**
 * The shape of an inventory file: the only definition of its keys. The types, the checks of single
 * values, `inventory/schema.json` and the table in `README.md` come from here. What values must be to
 * each other is in the files `*-rules.ts`.
 */

/** Defaults that a rule needs before the rest of an inventory is known to be right. */
export const defaults = { port: 342, namespace: 'wireguard', clusterDomain: 'cluster.local' };

interface About {
  /** What the key is for, as an editor shows it. */
  readonly description: string;
  readonly examples?: readonly unknown[];
  /** The rule as far as a regular expression can say it, for editors. */
  readonly pattern?: string;
}

/** A text that follows a rule. */
function text(rule: grammar.Rule, about: About) {
  return z
    .string()
    .superRefine((value, context) => {
      const message = rule(value);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .meta({ ...about });
}

function integer(minimum: number, maximum: number, about: About) {
  const error = `must be ${minimum} to ${maximum}`;
  return z
    .int()
    .min(minimum, { error })
    .max(maximum, { error })
    .meta({ ...about });
}

/** A mapping with these keys and no others; a stray key's message is one line of the issue's. */
function mapping<Shape extends z.core.$ZodLooseShape>(shape: Shape, about: About) {
  return z
    .strictObject(shape, {
      error: (issue) =>
        issue.code === 'unrecognized_keys' && Array.isArray(issue.keys)
          ? issue.keys
              .map((key) => `is not a known key${suggest(key, Object.keys(shape))}`)
              .join('\n')
          : undefined,
    })
    .meta({ ...about });
}

const label = (about: About) => text(grammar.dnsLabel, { pattern: grammar.LABEL.source, ...about });
const publicKey = (description: string) =>
  text(grammar.publicKey, { description, pattern: grammar.KEY.source });

const peer = mapping(
  {
    name: label({ description: 'Name of the peer, unique: a DNS label.' }),
    pubkey: publicKey('Its WireGuard public key, as `wg pubkey` prints it; unique.'),
    allowedIPs: z
      .array(text(grammar.network, { description: 'A CIDR such as 192.168.7.0/24.' }))
      .default([])
      .meta({
        description:
          'Further networks behind a peer that is itself a router, as CIDRs. None may overlap the network, another peer or its allowedIPs.',
        examples: [['192.168.7.0/24']],
      }),
    psk: z.boolean().default(false).meta({
      description: 'Whether a Secret `wireguard-psk-<name>` holds a preshared key for this peer.',
    }),
  },
  { description: 'Someone who may connect.' },
);

const service = mapping(
  {
    name: label({ description: 'Name of the service, for the log and for clients: a DNS label.' }),
    dest: z.string().meta({
      description:
        'Where connections go: a fully qualified host name or an address, and a port. nginx knows no search domains, so a Kubernetes service needs its whole name. IPv6 addresses go in brackets and quotes.',
      examples: ['postgresql.postgresql.svc.cluster.local:5432', '10.0.0.7:443', '[fd00::7]:443'],
    }),
    port: integer(1, 65535, { description: 'Port to listen on, on the VPN address.' }),
    protocol: z.enum(['tcp', 'udp']).default('tcp').meta({ description: 'tcp or udp.' }),
    peers: z
      .array(label({ description: "A peer's name." }))
      .optional()
      .meta({ description: 'Names of the only peers that may connect. Left out: every peer may.' }),
    timeout: text(grammar.duration, {
      description:
        'Idle time after which a connection is closed, 1s to 365d. Left out: 24h for tcp, 1m for udp.',
      examples: ['90s', '30m', '1h30m', '7d'],
    }).optional(),
    proxyProtocol: z.boolean().default(false).meta({
      description:
        "Announce the peer's address to the destination by the PROXY protocol, version 1, which the destination must expect; tcp only.",
    }),
  },
  { description: 'One listener: a port on the VPN address, and where its connections go.' },
);

const dns = mapping(
  {
    zone: text(grammar.domainName, {
      description: 'The DNS zone the record goes into.',
      examples: ['example.org'],
    }),
    name: text(grammar.hostName, {
      description: 'Name of the record, relative to the zone.',
      examples: ['wireguard'],
    }),
    target: text(grammar.domainName, {
      description: "What the record is a CNAME of: a host name that leads to the cluster's nodes.",
      examples: ['myth.example.org'],
    }),
    services: z.boolean().default(false).meta({
      description:
        'Also publish `<service>.<name>.<zone>` with the VPN address of each service. A service name then stands for one address.',
    }),
  },
  { description: 'The DNS record of the endpoint. Left out: `npm run dns` writes no record.' },
);

const image = (container: keyof typeof defaultImages, description: string) =>
  text(grammar.imageReference, { description }).default(defaultImages[container]);

const quantities = (description: string) =>
  mapping(
    {
      cpu: text(cpu, { description: 'Processor time, such as 10m or 0.5.' }).optional(),
      memory: text(memory, { description: 'Bytes, such as 64Mi.' }).optional(),
    },
    { description },
  ).optional();

const resources = (container: keyof typeof defaultResources) => {
  const { cpu, memory } = defaultResources[container].requests;
  return mapping(
    {
      requests: quantities('What the container is promised.'),
      limits: quantities('What it may not exceed.'),
    },
    {
      description: `\`requests\` and \`limits\` of the ${container} container, each with \`cpu\` and \`memory\`. Left out: requests of ${cpu} and ${memory}, no limits.`,
    },
  ).optional();
};

export const inventorySchema = mapping(
  {
    network: text(grammar.network, {
      description: 'The service addresses as a CIDR; what clients put in AllowedIPs.',
      examples: ['10.1.3.16/28', 'fd00:3::/64'],
    }),
    peers: z.record(z.string().meta({ title: 'address' }), peer).meta({
      description:
        'Who may connect, by VPN address: IPv4 or IPv6, outside the network, each in canonical spelling.',
    }),
    services: z
      .record(
        z.string().meta({ title: 'offset', pattern: '^(0|[1-9][0-9]*)$' }),
        z
          .array(service)
          .min(1, { error: 'must hold at least one service; or remove the offset' })
          .meta({ description: 'What listens on that address.' }),
      )
      .meta({
        description:
          'What listens where: an offset into the network, from 0, and a list of services.',
      }),
    dns: dns.optional(),
    networkPolicies: z
      .array(label({ description: 'A namespace.' }))
      .default([])
      .meta({
        description:
          'Namespaces that already use network policies, and only those: each gets one that lets the endpoint in. In a namespace without any, it would shut everyone else out.',
        examples: [['postgresql']],
      }),
    port: integer(1, 65535, {
      description: 'UDP port of the endpoint, in the pod and on the Service.',
    }).default(defaults.port),
    nodePort: integer(30000, 32767, {
      description:
        "The Service's node port. Left out: the cluster picks one, and `npm run dns` asks for it.",
    }).optional(),
    kubernetes: mapping(
      {
        kubeconfig: text(grammar.path, {
          description: "The kubeconfig file, relative to this file's folder.",
          examples: ['../.kubeconfig-myth'],
        }),
        context: text(grammar.printable, {
          description: 'The context in it; never the default one.',
        }),
      },
      { description: 'How `npm run dns` finds the live Service. Not needed with a nodePort.' },
    ).optional(),
    namespace: label({ description: 'Namespace of the endpoint, its own.' }).default(
      defaults.namespace,
    ),
    labels: z
      .record(
        z.string().meta({ title: 'key' }),
        text(grammar.labelValue, { description: 'A label value.' }),
      )
      .default({ app: 'wireguard' })
      .meta({
        description:
          'Labels of the namespace and the pod, at least one; network policies select by them.',
      }),
    replicas: integer(1, 10, {
      description:
        'Pods that share the host key. With more than one, a client is served again seconds after a node is lost.',
    }).default(1),
    service: mapping(
      {
        type: z
          .enum(['NodePort', 'LoadBalancer'])
          .default('NodePort')
          .meta({ description: 'NodePort or LoadBalancer.' }),
        externalTrafficPolicy: z.enum(['Cluster', 'Local']).default('Cluster').meta({
          description:
            'Cluster: every node answers. Local: only nodes with a pod do, and peers keep their source address.',
        }),
      },
      { description: 'The UDP Service.' },
    ).prefault({}),
    images: mapping(
      {
        wireguard: image(
          'wireguard',
          'Any image with `wg` and `ip`, or Alpine, which installs them.',
        ),
        nginx: image(
          'nginx',
          'nginx 1.21.4 or later with the stream module, and busybox (nc, timeout, awk, sha256sum).',
        ),
        exporter: image('exporter', 'The Prometheus exporter, for `metrics`.'),
      },
      { description: 'Container images.' },
    ).prefault({}),
    resources: mapping(
      {
        wireguard: resources('wireguard'),
        nginx: resources('nginx'),
        exporter: resources('exporter'),
      },
      { description: 'Requests and limits, laid over the defaults.' },
    ).default({}),
    mtu: integer(1280, 65456, {
      description: "MTU of wg0 in bytes. Left out: that of the pod's eth0 less 80.",
    }).optional(),
    resolver: z
      .array(text(grammar.address, { description: 'An address.' }))
      .default([])
      .meta({
        description:
          "DNS servers nginx asks, as addresses. Empty: those of the pod's /etc/resolv.conf.",
        examples: [['10.43.0.10']],
      }),
    userspace: z.boolean().default(false).meta({
      description:
        'For nodes whose kernel has no WireGuard: gives the pod their /dev/net/tun. `images.wireguard` must then name an image with wireguard-go.',
    }),
    clusterDomain: text(grammar.hostName, { description: 'Domain of the cluster.' }).default(
      defaults.clusterDomain,
    ),
    metrics: z.boolean().default(false).meta({
      description: 'Add the Prometheus exporter and a PodMonitor.',
    }),
    monitoringNamespace: label({
      description: 'Namespace from which Prometheus scrapes; matters with `isolate`.',
    }).default('monitoring'),
    isolate: z.boolean().default(false).meta({
      description:
        'Add a network policy for the endpoint itself: in come peers and Prometheus; out go DNS, the destinations and, with an Alpine image, its package mirror.',
    }),
    key: mapping(
      {
        secretName: text(grammar.hostName, {
          description: "A Secret in the endpoint's namespace with an entry `private-key`.",
        }),
        pubkey: publicKey('The public half.'),
      },
      {
        description: 'A host key that comes from elsewhere. Left out: `npm run keygen` sealed one.',
      },
    ).optional(),
  },
  { description: 'A WireGuard endpoint: who may connect, and what they reach.' },
);

/** The inventory as an operator writes it: only `network`, `peers` and `services` are required. */
export type InventoryInput = z.input<typeof inventorySchema>;

/** The same with every default filled in. */
export type InventoryData = z.output<typeof inventorySchema>;
