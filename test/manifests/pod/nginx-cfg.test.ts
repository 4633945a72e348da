import { nginxCfg } from '../../../lib/manifests/pod/nginx-cfg';
import type { InventoryInput } from '../../../lib';
import { myth } from '../../an-inventory';

const dest = 'a.b.svc.cluster.local:1';

function configuration(keys: Partial<InventoryInput>): string {
  return nginxCfg(myth({ networkPolicies: [], ...keys }));
}

/** The lines of the server of that service, without those of its braces. */
function server(services: InventoryInput['services'], name: string, keys = {}): string[] {
  const servers = configuration({ services, ...keys })
    .split('\n\tserver {\n')
    .slice(1);
  const found = servers.filter((text) => text.includes(`set $service ${name};`));
  expect(found).toHaveLength(1);
  return (
    (found[0] ?? '')
      .split('\n\t}')[0]
      ?.split('\n')
      .map((line) => line.trim()) ?? []
  );
}

test('a TCP service', () => {
  expect(server({ 1: [{ name: 'web', dest, port: 80 }] }, 'web')).toEqual([
    'listen 10.1.3.17:80 so_keepalive=on reuseport;',
    'set $service web;',
    'set $backend a.b.svc.cluster.local:1;',
    'proxy_timeout 24h;',
    'proxy_pass $backend;',
  ]);
});

test('a UDP service', () => {
  expect(server({ 1: [{ name: 'dns', dest, port: 53, protocol: 'udp' }] }, 'dns')).toEqual([
    'listen 10.1.3.17:53 udp reuseport;',
    'set $service dns;',
    'set $backend a.b.svc.cluster.local:1;',
    'proxy_timeout 1m;',
    'proxy_pass $backend;',
  ]);
});

test('the PROXY protocol, a timeout, and an IPv6 address', () => {
  const service = { name: 'w', dest: '[fd00:7::1]:443', port: 443, proxyProtocol: true };
  const keys = { network: 'fd00:3::10/124' };
  expect(server({ 1: [{ ...service, timeout: '90s' }] }, 'w', keys)).toEqual([
    'listen [fd00:3::11]:443 so_keepalive=on reuseport;',
    'set $service w;',
    'set $backend [fd00:7::1]:443;',
    'proxy_timeout 90s;',
    'proxy_protocol on;',
    'proxy_pass $backend;',
  ]);
});

test('who may connect, with what is behind a peer', () => {
  const peers = {
    '10.1.2.4': { name: 'hero', pubkey: 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=' },
    '10.1.2.9': {
      name: 'yen',
      pubkey: 'R4A01RXXqRJSY9TiKQrZGR85HsFNSXxhRKKEu/bEdTQ=',
      allowedIPs: ['192.168.7.0/24'],
    },
  };
  const access = (name: string) =>
    server(
      {
        1: [{ name: 'all', dest, port: 1 }],
        2: [{ name: 'some', dest, port: 1, peers: ['yen'] }],
        3: [{ name: 'none', dest, port: 1, peers: [] }],
      },
      name,
      { peers },
    ).filter((line) => /^(allow|deny)/.test(line));
  expect(access('all')).toEqual([]);
  expect(access('some')).toEqual(['allow 10.1.2.9;', 'allow 192.168.7.0/24;', 'deny all;']);
  expect(access('none')).toEqual(['deny all;']);
  expect(configuration({ peers })).toContain(
    [
      '	geo $peer {',
      '		default unknown;',
      '		10.1.2.4 hero;',
      '		10.1.2.9 yen;',
      '		192.168.7.0/24 yen;',
      '	}',
    ].join('\n'),
  );
});

test('a destination behind a peer is reached from the service’s address, another is not', () => {
  const services = {
    1: [{ name: 'hero', dest: '10.1.2.4:22', port: 22 }],
    2: [{ name: 'web', dest: '192.0.2.1:80', port: 80 }],
  };
  expect(server(services, 'hero')).toContain('proxy_bind 10.1.3.17;');
  expect(server(services, 'web').join()).not.toContain('proxy_bind');
});

test('a port for the health check of load balancers, where one is asked for', () => {
  const service = { type: 'LoadBalancer', healthPort: 8080 } as const;
  expect(server({}, 'health', { service })).toEqual([
    'set $service health;',
    'listen 8080;',
    'access_log off;',
    'limit_conn peers 65535;',
    'return ok;',
  ]);
  expect(configuration({})).not.toContain('$service health');
});

test('bounds, of which datagrams have half', () => {
  const bounds = (connectionsPerPeer: number) =>
    configuration({ connectionsPerPeer }).match(/^\tlimit_conn .*$/gm);
  expect(bounds(7)).toEqual(['	limit_conn peers 7;', '	limit_conn sessions 4;']);
});

test('nobody comes back through a destination', () => {
  expect(configuration({})).toMatch(/^\tdeny 10\.1\.3\.16\/28;$/m);
});

test('who is refused gets no line in the log, and is summed up', () => {
  const text = configuration({});
  const refused = /map \$status:\$protocol \$refused \{\n([^}]*)\t\}/.exec(text)?.[1];
  expect(refused?.trim().split(/;\s*/)).toEqual([
    "default ''",
    '503:TCP 1',
    '503:UDP 1',
    '403:UDP 1',
    '500:UDP 1',
    '502:UDP 1',
    '',
  ]);
  expect(text).toContain('access_log /dev/stdout connection if=$logged;');
  expect(text).toContain("map $refused $logged {\n\t\tdefault 1;\n\t\t1 '';\n\t}");
});

test('the probe is served beside the bounds', () => {
  expect(server({}, 'probe')).toEqual([
    'set $service probe;',
    'listen 127.0.0.1:9342;',
    'access_log off;',
    'limit_conn peers 65535;',
    'include serves.cfg;',
  ]);
});
