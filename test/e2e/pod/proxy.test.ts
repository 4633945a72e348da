import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { inPod } from '../harness/functions';

/** Sourced, it asks once whether it serves. */
const proxy = (script: string, files: Readonly<Record<string, string>> = {}) => {
  const [first, ...lines] = inPod(
    'proxy.sh',
    `state=. names=names nginx= loaded= asked= said= connections=0 idle=0 clients=26000 mounted=1
    log() { echo "log: $*"; }
    revision() { echo "$mounted"; }
    ${script}`,
    { 'names/chosen': '', ...files },
  );
  expect(first).toBe('no nginx worker answers');
  return lines;
};

describe('an update', () => {
  const updated = (script: string, files = {}) =>
    proxy(
      `prepare() { mkdir -p "$1"; echo "$sum" >"$1/sum"; }
      retire() { echo retire; }
      kill() { echo kill "$@"; }
      load() { loaded=$(cat current/sum); echo load; }
      end_oldest() { echo end oldest; }
      sum=one
      ${script}`,
      files,
    );
  const told = ['retire', 'kill -HUP 7', 'load', 'end oldest'];

  test('is told to nginx when it is something else', () => {
    expect(updated('nginx=7; update; echo $asked; cat current/sum')).toEqual([...told, '1', 'one']);
    const second =
      'nginx=7 loaded=one; mounted=2; update; echo $asked; sum=two; update; cat current/sum';
    expect(updated(second)).toEqual(['2', ...told, 'two']);
  });

  test('is there for nginx to begin with', () => {
    expect(updated('update; echo $asked; cat current/sum')).toEqual(['1', 'one']);
  });

  test('that nginx rejects is said with its reason, and what ran stays', () => {
    const rejected = (words: string, script: string) =>
      updated(`prepare() { mkdir -p "$1"; printf '${words}'; return 1; }; ${script}`);
    const words =
      'nginx: [warn] 7#7: low\\nnginx: [emerg] 7#7: no "}" in x\\nnginx: [emerg] more\\n';
    const script = 'update; echo $? $asked; update; said=; nginx=7; update; ls current';
    expect(rejected(words, script).slice(0, -1)).toEqual([
      'log: not applied: no "}" in x',
      '1',
      'log: not applied, what ran goes on: no "}" in x',
    ]);
    expect(rejected('the files are changing\\n', 'update')).toEqual([
      'log: not applied: the files are changing',
    ]);
    expect(rejected('nginx: [emerg] bare\\n', 'update')).toEqual(['log: not applied: bare']);
    expect(rejected('', 'update')).toEqual(['log: not applied: nginx -t ended without a word']);
  });
});

describe('what nginx was told', () => {
  const confirmed = (script: string, files = {}) =>
    proxy(
      `loaded=one asked=1 served=one
      served() { echo "$served"; }
      pause() { echo pause "$1"; }
      follow_names() { echo follow; }
      ${script}
      confirm
      cat revision`,
      {
        'current/nginx.cfg': 'proxy_pass a;\nproxy_pass b;\n',
        'names/judged': '',
        'names/done': '',
        revision: '',
        ...files,
      },
    );
  const inForce = ['log: in force: 2 services', '1'];

  test('is in force when a worker serves it', () => {
    expect(confirmed('')).toEqual(['follow', 'follow', ...inForce]);
  });

  test('waits a moment for names, and for a worker', () => {
    const lines = confirmed('rm names/judged names/done');
    expect(lines).toEqual([
      ...[...Array<string>(10).fill('pause 0.4'), 'follow'],
      ...[...Array<string>(10).fill('pause 0.4'), 'follow', ...inForce],
    ]);
    const late = confirmed('served=old; pause() { echo pause "$1"; served=one; }');
    expect(late).toEqual(['follow', 'follow', 'pause 0.1', ...inForce]);
  });

  test('is said not to be when no worker does', () => {
    expect(confirmed('served=old')).toEqual([
      ...['follow', 'follow', ...Array<string>(10).fill('pause 0.1')],
      'log: not applied: nginx was told, and its workers serve another configuration',
    ]);
  });

  test('has what was refused before said again', () => {
    const script = 'follow_names() { :; }; refuse bad; refuse bad; confirm; refuse bad; ';
    expect(confirmed(script).filter((line) => line === 'log: not applied: bad')).toHaveLength(2);
  });

  test('is noted', () => {
    const lines = proxy(
      'look_up_due() { echo look up; }; load; echo $loaded $connections $idle $capacity $listening $allowed',
      {
        'current/sum': 'one\n',
        'current/shares': '465 997 30\n',
        'current/capacity': '930 4\n',
        'current/mounted': '\tlimit_conn peers 700;\n\tserver {\n\t\tlimit_conn peers 65535;\n',
      },
    );
    expect(lines).toEqual(['look up', 'one 997 30 930 4 700']);
  });
});

test('crowded workers grow by four, as far as there is room', () => {
  const grown = (script: string) =>
    proxy(`loaded=one clients=1536; crowded() { :; }; update() { echo $clients; }; ${script}`);
  expect(grown('grow; grow; grow; grow')).toEqual(['6144', '24576', '26000']);
  expect(grown('clients=6500; grow')).toEqual(['26000']);
  expect(grown('crowded() { false; }; grow')).toEqual([]);
  expect(grown('loaded=; grow')).toEqual([]);
});

test('a change begins small while connections are held', async () => {
  const fits = () => proxy('clients=1; fit; echo $clients');
  expect(fits()).toEqual(['26000']);
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  expect(fits()).toEqual(['26000']);
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  expect(fits()).toEqual(['1536']);
  client.destroy();
  server.close();
});

test('a configuration is what is mounted, with what only the pod knows', () => {
  const prepared = (script: string) =>
    proxy(
      `take() { mkdir "$1"; cp mounted.cfg "$1/nginx.cfg"; echo 'nameserver 10.0.0.1' >"$1/resolv.conf"; }
      killed=0 moved=0 pressed=0
      has_ipv4() { :; }
      accepts() { echo accepted; }
      ulimit -n 1000
      ${script}
      cd new; grep . capacity chosen events.cfg nameservers nginx.cfg resolver.cfg shares`,
      {
        'mounted.cfg': '\tlimit_conn peers 10000;\n\t\tlisten 10.1.3.16:7;\n',
        'names/chosen': 'one.example fd00::1\n',
        'names/silent': 'none\n',
      },
    );
  expect(prepared('prepare new')).toEqual([
    'accepted',
    'capacity:934 1',
    'chosen:one.example fd00::1',
    'events.cfg:events { worker_connections 999; }',
    'nameservers:10.0.0.1',
    'nginx.cfg:limit_conn peers 560;',
    'nginx.cfg:\t\tlisten 10.1.3.16:7;',
    'resolver.cfg:resolver 10.0.0.1 valid=60s ipv6=off;',
    'resolver.cfg:resolver_timeout 6500ms;',
    'resolver.cfg:# moved names: 0',
    'shares:467 999 26',
  ]);
  const sums = (script: string) => prepared(`prepare new; cat new/sum new/serves.cfg; ${script}`);
  const [, sum = '', serves] = sums('');
  expect(sum).toMatch(/^[0-9a-f]{64}$/);
  expect(serves).toBe(`return ${sum};`);
  // Also when only what the pod knows has changed.
  expect(sums('rm -r new; moved=1; prepare new; cat new/sum')).not.toContain([sum, sum]);
});

describe('each second', () => {
  const second = (script: string, files = {}) =>
    proxy(
      `in_force() { [ -n "$force" ]; }
      kill() { :; }
      accepts() { :; }
      sleep() { :; }
      beat() { :; }
      pause() { echo pause "$1"; exit; }
      for name in recount grow press fit update follow_names confirm refusals start; do
        eval "$name() { echo $name; }"
      done
      force=
      ${script}
      run`,
      files,
    );

  test('what is mounted anew is handed to nginx, which begins', () => {
    expect(second('')).toEqual(['update', 'refusals', 'pause 1']);
    expect(second('update() { echo update; mkdir current; }')).toEqual([
      ...['update', 'start', 'refusals', 'pause 1'],
    ]);
    expect(second('update() { asked=1; }')).toEqual(['confirm', 'refusals', 'pause 1']);
  });

  test('nginx begins with what was in force before while what is mounted is refused', () => {
    const files = { 'current/sum': '' };
    expect(second('', files)).toEqual(['update', 'start', 'refusals', 'pause 1']);
    expect(second('accepts() { false; }', files)).toEqual(['update', 'refusals', 'pause 1']);
  });

  test('what is in force is looked after', () => {
    expect(second('force=yes')).toEqual([
      ...['recount', 'grow', 'press', 'follow_names', 'refusals', 'pause 1'],
    ]);
  });

  test('a change begins small where connections are held, and nginx that has gone is the end', () => {
    const running =
      'update() { nginx=7 mounted=2; echo update; }; pause() { echo pause; [ $mounted = 2 ] || exit; mounted=3; }';
    const twice = running.replace('mounted=3;', 'mounted=3; update() { echo update; exit; };');
    expect(second(twice)).toEqual(['update', 'refusals', 'pause', 'fit', 'update']);
    expect(second(`${running}; kill() { [ "$1" != -0 ]; }; (run); echo $?`).slice(0, 3)).toEqual([
      ...['update', 'log: nginx has gone', '1'],
    ]);
  });
});
