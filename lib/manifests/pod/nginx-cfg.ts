import { hostPort } from '../../formats/address';
import type { Inventory, Peer, Service } from '../../inventory/inventory';
import { leadsToNodePort } from '../../inventory/loop-rules';
import { STATUS_PORT } from '../../ports';
import { isBehindPeer } from './listeners';
import { paths } from './paths';

/**
 * The configuration of nginx's stream proxy (directives: nginx.org, ngx_stream_*_module). Every
 * value in it comes from a checked inventory: names are DNS labels, addresses are canonical.
 */
export function nginxCfg(inventory: Inventory): string {
  return [
    MAIN,
    'stream {',
    '	# WireGuard has authenticated the source address, so it names the peer.',
    '	geo $peer {',
    '		default unknown;',
    ...inventory.peers.flatMap((peer) => sources(peer).map((s) => `		${s} ${peer.name};`)),
    '	}',
    '	# A destination may lead back here: nginx then comes from a service address, and that is the end.',
    `	deny ${inventory.network.text};`,
    BOUNDS,
    `	limit_conn peers ${inventory.connectionsPerPeer};`,
    `	limit_conn sessions ${Math.ceil(inventory.connectionsPerPeer / 2)};`,
    STREAM,
    ...health(inventory.service.healthPort),
    ...inventory.services.map((service) => server(service, inventory)),
    '}',
    '',
  ].join('\n');
}

/** What a load balancer asks. The bounds do not hold here: they are for peers. */
function health(port: number | undefined): string[] {
  if (port === undefined) return [];
  return [
    '',
    '	server {',
    '		set $service health;',
    `		listen ${port};`,
    '		access_log off;',
    '		limit_conn peers 65535;',
    '		return ok;',
    '	}',
  ];
}

// With reuseport the kernel deals clients out evenly, else one worker would take most of them and
// fill up; and the datagrams of a client all go to the worker that has its session.
function server(service: Service, inventory: Inventory): string {
  const listen = hostPort(service.address.text, service.port);
  return [
    '',
    '	server {',
    `		listen ${listen}${service.protocol === 'udp' ? ' udp' : ' so_keepalive=on'} reuseport;`,
    `		set $service ${service.name};`,
    `		set $backend ${hostPort(service.dest.host, service.dest.port)};`,
    // WireGuard would go through itself.
    ...(leadsToNodePort(service, inventory) ? NOBODY : access(service)),
    `		proxy_timeout ${service.timeout};`,
    ...(service.proxyProtocol ? ['		proxy_protocol on;'] : []),
    // The address to which confinement.sh lets the peer answer.
    ...(isBehindPeer(service) ? [`		proxy_bind ${service.address.text};`] : []),
    '		proxy_pass $backend;',
    '	}',
  ].join('\n');
}

const NOBODY = ['		deny all;'];

function access({ peers }: Service): string[] {
  if (!peers) return [];
  return [...peers.flatMap(sources).map((s) => `		allow ${s};`), ...NOBODY];
}

function sources(peer: Peer): string[] {
  return [peer.address, ...peer.allowedIPs].map(({ text }) => text);
}

// After a reload the old workers go on with the connections they have, for a day at most.
const MAIN = `worker_processes 2;
worker_shutdown_timeout 24h;
pid ${paths.nginxState}/nginx.pid;
error_log stderr notice;
# proxy.sh reads it: which workers have died.
error_log ${paths.nginxState}/alerts alert;
# proxy.sh writes it: how many connections a worker may have.
include events.cfg;`;

// Who is refused gets no line: proxy.sh sums them up, and with them the datagrams that get nowhere, of
// which a peer can send very many.
const BOUNDS = `
	map $protocol $peer_of_session {
		default '';
		UDP $peer;
	}
	# proxy.sh writes it: a bound for each worker, so that there is always room for the probe.
	include bounds.cfg;
	limit_conn_log_level info;`;

const STREAM = `
	map $status:$protocol $refused {
		default '';
		503:TCP 1;
		503:UDP 1;
		403:UDP 1;
		500:UDP 1;
		502:UDP 1;
	}
	map $refused $logged {
		default 1;
		1 '';
	}
	log_format connection '$time_iso8601 peer=$peer address=$remote_addr service=$service protocol=$protocol '
		'status=$status sent=$bytes_sent received=$bytes_received duration=$session_time upstream=$upstream_addr';
	log_format refusal 'status=$status peer=$peer service=$service protocol=$protocol';
	access_log /dev/stdout connection if=$logged;
	access_log ${paths.nginxState}/refused refusal buffer=16k flush=1s if=$refused;

	# proxy.sh writes it from the pod's resolv.conf. Destinations are variables, so that they are
	# looked up when a connection comes, and a name that does not resolve stops nothing.
	include resolver.cfg;

	proxy_connect_timeout 10s;
	proxy_half_close on;
	proxy_socket_keepalive on;

	# What a worker serves, for the probes; the bounds above do not hold here. It names a service, for
	# nginx refuses a log format with a variable that nobody sets, and an inventory may have none yet.
	server {
		set $service probe;
		listen 127.0.0.1:${STATUS_PORT};
		access_log off;
		limit_conn peers 65535;
		include serves.cfg;
	}`;
