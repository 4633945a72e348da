import { hostPort } from '../../formats/address';
import type { Inventory, Peer, Service } from '../../inventory/inventory';
import { paths, STATUS_PORT } from './paths';

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
    STREAM,
    ...inventory.services.map(server),
    '}',
    '',
  ].join('\n');
}

// With reuseport the kernel deals clients out evenly, else one worker would take most of them and
// fill up; and the datagrams of a client all go to the worker that has its session.
function server(service: Service): string {
  const listen = hostPort(service.address.text, service.port);
  return [
    '',
    '	server {',
    `		listen ${listen}${service.protocol === 'udp' ? ' udp' : ' so_keepalive=on'} reuseport;`,
    `		set $service ${service.name};`,
    `		set $backend ${hostPort(service.dest.host, service.dest.port)};`,
    ...access(service),
    `		proxy_timeout ${service.timeout};`,
    ...(service.proxyProtocol ? ['		proxy_protocol on;'] : []),
    '		proxy_pass $backend;',
    '	}',
  ].join('\n');
}

function access({ peers }: Service): string[] {
  if (!peers) return [];
  return [...peers.flatMap(sources).map((s) => `		allow ${s};`), '		deny all;'];
}

function sources(peer: Peer): string[] {
  return [peer.address, ...peer.allowedIPs].map(({ text }) => text);
}

// Every client takes two connections and two files of one worker, and the runtime limits the files
// of a process: two workers hold twice as many. After a reload the old workers go on with the
// connections they have, for a day at most.
const MAIN = `worker_processes 2;
worker_shutdown_timeout 24h;
pid ${paths.nginxState}/nginx.pid;
error_log stderr notice;
events {
	# proxy.sh writes it: as many as a process may open files.
	include connections.cfg;
}`;

const STREAM = `	log_format connection '$time_iso8601 peer=$peer address=$remote_addr service=$service protocol=$protocol '
		'status=$status sent=$bytes_sent received=$bytes_received duration=$session_time upstream=$upstream_addr';
	access_log /dev/stdout connection;

	# proxy.sh writes it from the pod's resolv.conf. Destinations are variables, so that they are
	# looked up when a connection comes, and a name that does not resolve stops nothing.
	include resolver.cfg;
	resolver_timeout 5s;

	proxy_connect_timeout 10s;
	proxy_half_close on;
	proxy_socket_keepalive on;

	# A byte from a worker, for the probes. It names a service, for nginx refuses a log format with a
	# variable that nobody sets, and an inventory may have no service yet.
	server {
		set $service probe;
		listen 127.0.0.1:${STATUS_PORT};
		access_log off;
		return ok;
	}`;
