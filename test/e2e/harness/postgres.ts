import type { Host } from './host';
import { sh } from './shell';

/** Runs a PostgreSQL server with a database `shop` that trusts whom it meets. */
export async function servePostgres(host: Host): Promise<void> {
  const bin = sh('ls -d /usr/lib/postgresql/*/bin | tail -n 1').trim();
  const data = `${host.folder}/postgres`;
  const asPostgres = 'setpriv --reuid=postgres --regid=postgres --clear-groups';
  await host.must(`
    mkdir ${data} && chown postgres:postgres ${data}
    ${asPostgres} ${bin}/initdb -D ${data} --auth=trust --no-sync >/dev/null
    echo 'host all all all trust' >>${data}/pg_hba.conf
  `);
  host.start('postgres', [
    ...asPostgres.split(' '),
    `${bin}/postgres`,
    ...['-D', data, '-c', 'listen_addresses=*', '-c', `unix_socket_directories=${data}`],
    ...['-c', 'fsync=off'],
  ]);
  await host.listening(5432);
  await host.must(`psql -qh 127.0.0.1 -U postgres -c 'create database shop'`);
}
