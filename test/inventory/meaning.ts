import { deepStrictEqual } from 'node:assert';
import type { Inventory, Peer, Service } from '../../lib/inventory/inventory';
import { listeners } from '../../lib/manifests/pod/listeners';
import { nginxCfg } from '../../lib/manifests/pod/nginx-cfg';
import { wg0Cfg } from '../../lib/manifests/pod/wg0-cfg';
import { wg0Ip } from '../../lib/manifests/pod/wg0-ip';
import { parseIpBatch, parseNginx, parseWg, type Directive } from './pod-parsers';

/** Renders the pod's files, reads them back and compares with the inventory. */
export function assertRendersAsMeant(inventory: Inventory): void {
  deepStrictEqual(proxyIn(nginxCfg(inventory)), proxyMeant(inventory));
  deepStrictEqual(parseWg(wg0Cfg(inventory)), tunnelMeant(inventory));
  deepStrictEqual(parseIpBatch(wg0Ip(inventory)), linksMeant(inventory));
  deepStrictEqual(
    listeners(inventory).split('\n').sort(),
    ['', ...listenersMeant(inventory)].sort(),
  );
}

/** The probes' own server, the same for every inventory. */
const STATUS = '127.0.0.1:9342';

function proxyIn(text: string): unknown {
  const stream = blockOf(parseNginx(text), 'stream');
  const servers = stream
    .filter(({ words }) => words[0] === 'server')
    .map(({ block = [] }) => block);
  return {
    names: blockOf(stream, 'geo').map(({ words }) => words),
    servers: servers
      .filter((server) => valuesOf(server, 'listen')[0]?.[0] !== STATUS)
      .map(serverIn),
  };
}

function serverIn(server: readonly Directive[]): unknown {
  const known = [
    ...['listen', 'set', 'allow', 'deny', 'proxy_timeout', 'proxy_protocol', 'proxy_bind'],
    'proxy_pass',
  ];
  return {
    strange: server.filter(({ words, block }) => block ?? !known.includes(words[0] ?? '')),
    listen: valuesOf(server, 'listen').map((words) => [words[0], words.includes('udp')]),
    set: valuesOf(server, 'set'),
    allow: valuesOf(server, 'allow'),
    deny: valuesOf(server, 'deny'),
    timeout: valuesOf(server, 'proxy_timeout'),
    proxyProtocol: valuesOf(server, 'proxy_protocol'),
    from: valuesOf(server, 'proxy_bind'),
    pass: valuesOf(server, 'proxy_pass'),
  };
}

function proxyMeant({ peers, services, nodePort }: Inventory): unknown {
  // WireGuard's own port as clients see it: through it the tunnel would go through itself.
  const isOwnPort = ({ protocol, dest }: Service) => protocol === 'udp' && dest.port === nodePort;
  return {
    names: [
      ['default', 'unknown'],
      ...peers.flatMap((peer) => sourcesOf(peer).map((source) => [source, peer.name])),
    ],
    servers: services.map((service) => ({
      strange: [],
      listen: [[withPort(service.address.text, service.port), service.protocol === 'udp']],
      set: [
        ['$service', service.name],
        ['$backend', withPort(service.dest.host, service.dest.port)],
      ],
      allow: peers
        .filter((peer) => service.peers?.includes(peer) && !isOwnPort(service))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .flatMap((peer) => sourcesOf(peer).map((source) => [source])),
      deny: service.peers || isOwnPort(service) ? [['all']] : [],
      timeout: [[service.timeout]],
      proxyProtocol: service.proxyProtocol ? [['on']] : [],
      from: behindPeer(service, peers) ? [[service.address.text]] : [],
      pass: [['$backend']],
    })),
  };
}

function tunnelMeant({ port, peers }: Inventory): unknown {
  return [
    {
      name: 'Interface',
      settings: { PrivateKey: '/wireguard-key/private-key', ListenPort: String(port) },
      comments: [],
    },
    ...peers.map((peer) => ({
      name: 'Peer',
      settings: {
        PublicKey: peer.publicKey,
        ...(peer.psk && { PresharedKey: `/wireguard-psk/${peer.name}` }),
        AllowedIPs: prefixesOf(peer).join(', '),
      },
      comments: [`friendly_name = ${peer.name}`],
    })),
  ];
}

function linksMeant({ mtu, services, peers }: Inventory): unknown {
  return {
    mtu: mtu === undefined ? [] : [mtu],
    addresses: [...new Set(services.map(({ address }) => alone(address.text)))],
    routes: peers.flatMap(prefixesOf),
  };
}

function listenersMeant({ services, peers }: Inventory): string[] {
  return services.map((service) => {
    const { protocol, address, port, dest } = service;
    const answers = behindPeer(service, peers) ? ` ${dest.host} ${dest.port}` : '';
    return `${protocol} ${address.text} ${port}${answers}`;
  });
}

/** Whether what is proxied comes back through the tunnel, to an address of its family. */
function behindPeer({ dest, address }: Service, peers: readonly Peer[]): boolean {
  const to = dest.address;
  if (to === undefined || to.family !== address.family) return false;
  const ranges = peers.flatMap((peer) => [peer.address, ...peer.allowedIPs]);
  return ranges.some(({ family, first, last }) => {
    return family === to.family && first <= to.first && to.first <= last;
  });
}

function blockOf(directives: readonly Directive[], name: string): readonly Directive[] {
  const [found, ...more] = directives.filter(({ words }) => words[0] === name);
  if (found?.block === undefined || more.length > 0) throw new Error(`not one block ${name}`);
  return found.block;
}

function valuesOf(directives: readonly Directive[], name: string): (readonly string[])[] {
  return directives.filter(({ words }) => words[0] === name).map(({ words }) => words.slice(1));
}

function sourcesOf(peer: Peer): string[] {
  return [peer.address, ...peer.allowedIPs].map(({ text }) => text);
}

function prefixesOf(peer: Peer): string[] {
  return [alone(peer.address.text), ...peer.allowedIPs.map(({ text }) => text)];
}

function alone(address: string): string {
  return address.includes(':') ? `${address}/128` : `${address}/32`;
}

function withPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
