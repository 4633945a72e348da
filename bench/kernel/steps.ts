import { writeFileSync } from 'node:fs';
import { NAMESERVER } from '../../test/e2e/harness/cluster';
import type { Pod } from '../../test/e2e/harness/pod';
import { ADDRESS, BACKENDS } from '../proxy/setup';
import { family, type Contender } from './contender';

/** What a step adds to the configuration of the one before. */
interface Step {
  readonly name: string;
  readonly workers?: number;
  readonly listen?: string;
  readonly stream?: string;
  readonly server?: string;
  readonly dest?: string;
}

const STEPS: readonly Step[] = [
  { name: 'nginx alone' },
  { name: '+ two workers', workers: 2, listen: 'reuseport' },
  {
    name: '+ keepalives, half close',
    listen: 'so_keepalive=on',
    stream: 'proxy_half_close on; proxy_socket_keepalive on;',
  },
  {
    name: '+ a name, looked up',
    stream: `resolver ${NAMESERVER} valid=60s ipv6=off;`,
    server: 'set $backend',
    dest: BACKENDS,
  },
  {
    name: '+ log',
    stream: `
  geo $peer { default unknown; 10.1.2.4 hero; }
  log_format connection '$time_iso8601 peer=$peer address=$remote_addr protocol=$protocol status=$status '
    'sent=$bytes_sent received=$bytes_received duration=$session_time upstream=$upstream_addr';
  access_log FOLDER/access.log connection;`,
  },
  {
    name: '+ bounds',
    stream: `
  deny 10.1.3.16/28;
  limit_conn_zone $peer zone=peers:4096k;
  limit_conn_zone $pid zone=workers:64k;
  limit_conn workers 13000;
  limit_conn peers 4096;
  limit_conn_log_level info;`,
  },
];

/**
 * nginx with ever more of what this endpoint asks of it, beside it in the same pod: each step has
 * what those before have.
 */
export function steps(pod: Pod, backend: string): Contender[] {
  return STEPS.map(({ name }, n) =>
    beside(pod, name, 4007 + 100 * n, (port, folder) =>
      configuration(STEPS.slice(0, n + 1), backend, port).replaceAll('FOLDER', folder),
    ),
  );
}

/** Runs an nginx that listens on a port, for echo, and the one after, for bulk. */
export function beside(
  pod: Pod,
  name: string,
  port: number,
  configure: (port: number, folder: string) => string,
): Contender {
  const folder = `/run/e2e/nginx-${port}`;
  const file = `${folder}/nginx.cfg`;
  pod.inNetwork(`mkdir -m 777 ${folder}`);
  writeFileSync(file, configure(port, folder));
  pod.inNetwork(`
    ip rule add to ${ADDRESS} ipproto 6 dport ${port}-${port + 1} priority 1 lookup local
    setsid nginx -c ${file} >${folder}/said 2>&1 </dev/null &
    for i in $(seq 100); do [ -z "$(ss -Hlnt sport = :${port + 1})" ] || exit 0; sleep 0.1; done
    cat ${folder}/said >&2
    exit 1`);
  return { name, address: ADDRESS, echo: port, bulk: port + 1, pids: family(`nginx.*${file}`) };
}

function configuration(parts: readonly Step[], backend: string, port: number): string {
  const all = (key: 'listen' | 'stream') => parts.flatMap((part) => part[key] ?? []);
  const last = <K extends keyof Step>(key: K) => parts.findLast((part) => part[key])?.[key];
  const server = (listen: number, dest: number) => {
    const to = `${last('dest') ?? backend}:${dest}`;
    const set = last('server');
    return `server { listen ${[`${ADDRESS}:${listen}`, ...all('listen')].join(' ')}; ${
      set ? `${set} ${to}; proxy_pass $backend;` : `proxy_pass ${to};`
    } }`;
  };
  return `daemon off;
user nobody nogroup;
worker_processes ${last('workers') ?? 1};
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
error_log FOLDER/error.log notice;
pid FOLDER/nginx.pid;
events { worker_connections 4096; }
stream {
  ${[...all('stream'), server(port, 7000), server(port + 1, 7001)].join('\n  ')}
}
`;
}
