import { stringify } from 'yaml';
import { NODE_PORT } from '../../test/e2e/harness/cluster';

export interface Exposed {
  readonly address: string;
  readonly port: number;
  readonly dest: string;
}

/** The name by which the article's nginx knows its DNS server. */
export const KUBE_DNS = 'kube-dns.kube-system.svc.cluster.local';

/** An nginx.cfg with the article's settings: one worker, 1024 connections, nginx's own defaults. */
export function articleNginx(services: readonly Exposed[]): string {
  const servers = services.map(
    ({ address, port, dest }) =>
      `server { listen ${address}:${port}; set $backend "${dest}"; proxy_pass $backend; }`,
  );
  return `daemon off;
user nobody nogroup;
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
error_log /dev/stdout info;
events { worker_connections 1024; }
stream {
  resolver ${KUBE_DNS} valid=60s;
  ${servers.join('\n  ')}
}
`;
}

export const ARTICLE_CONTAINER = 'wireguard-nginx';

interface Article {
  readonly privateKey: string;
  /** VPN address to public key. */
  readonly peers: Readonly<Record<string, string>>;
  readonly services: readonly Exposed[];
}

// What containerd grants by default (containerd, oci/spec.go), and the article's NET_ADMIN.
const CAPABILITIES =
  'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE NET_ADMIN';

/**
 * The article's way as manifests for the same pod runner: one container, one script that makes
 * everything and then becomes nginx. Packages and image are there already, unlike in a cluster.
 */
export function articleManifests({ privateKey, peers, services }: Article): string {
  const addresses = [...new Set(services.map(({ address }) => address))];
  const data = {
    'init.sh': `#!/bin/sh
set -eu
echo 'nobody:x:65534:65534::/:/bin/false' >/etc/passwd
echo 'nogroup:x:65534:' >/etc/group
ip link add wg0 type wireguard || wireguard-go wg0
${addresses.map((address) => `ip address add ${address}/32 dev wg0 || true`).join('\n')}
ip link set wg0 up
${Object.keys(peers)
  .map((peer) => `ip route add ${peer}/32 dev wg0 || true`)
  .join('\n')}
wg setconf wg0 /wireguard/wg0.cfg
exec /usr/sbin/nginx -c /wireguard/nginx.cfg
`,
    'nginx.cfg': articleNginx(services),
    'wg0.cfg': `[Interface]\nPrivateKey = ${privateKey}\nListenPort = 342\n${Object.entries(peers)
      .map(([peer, key]) => `[Peer]\nPublicKey = ${key}\nAllowedIPs = ${peer}/32\n`)
      .join('')}`,
  };
  const configMap = { name: 'article' };
  const container = {
    name: ARTICLE_CONTAINER,
    command: ['/bin/sh', '-c', '/wireguard/init.sh'],
    securityContext: { capabilities: { drop: ['ALL'], add: CAPABILITIES.split(' ') } },
    volumeMounts: [
      { name: 'config', mountPath: '/wireguard' },
      { name: 'tun', mountPath: '/dev/net/tun' },
    ],
  };
  const volumes = [
    { name: 'config', projected: { defaultMode: 0o777, sources: [{ configMap }] } },
    { name: 'tun', hostPath: { path: '/dev/net/tun' } },
  ];
  const labels = { app: 'article' };
  const template = { metadata: { labels }, spec: { containers: [container], volumes } };
  const ports = [{ protocol: 'UDP', port: 342, nodePort: NODE_PORT }];
  return [
    { kind: 'ConfigMap', metadata: configMap, data },
    { kind: 'StatefulSet', metadata: configMap, spec: { template } },
    { kind: 'Service', metadata: configMap, spec: { selector: labels, ports } },
  ]
    .map((object) => stringify(object))
    .join('---\n');
}
