import { createSocket, type Socket } from 'node:dgram';
import { inPod } from '../harness/functions';
import { sh } from '../harness/shell';

const CFG = `server {
\t\tlisten 10.1.3.16:7 so_keepalive=on reuseport;
\t\tset $service echo;
\t\tset $backend one.example:7000;
\t}
server {
\t\tlisten 10.1.3.16:7 udp reuseport;
\t\tset $backend two.example:7001;
\t}
server {
\t\tlisten 10.1.3.17:7 udp reuseport;
\t\tset $backend [fd00::5]:7002;
\t}
server {
\t\tlisten 10.1.3.18:7 udp reuseport;
\t\tset $backend 10.0.0.5:7003;
\t}
`;

const names = (script: string, files: Readonly<Record<string, string>> = {}) =>
  inPod(
    'names.sh',
    `asked() { cat "$1/nameservers"; }
    has_ipv4() { true; }
    has_ipv6() { true; }
    ${script}`,
    {
      'current/mounted': CFG,
      'current/nameservers': '10.0.0.1\n10.0.0.2\n',
      'current/chosen': '',
      'names/chosen': '',
      'names/left': 'none\n',
      'names/silent': 'none\n',
      ...files,
    },
  );

test('destinations are what nginx.cfg leads to', () => {
  expect(names('destinations')).toEqual([
    'one.example 7000 tcp',
    'two.example 7001 udp',
    'fd00::5 7002 udp',
    '10.0.0.5 7003 udp',
  ]);
});

const ONE = 'names/one.example';
const TWO = 'names/two.example';

test('the first nameserver that has addresses is asked, and no other', () => {
  const ask = (answers: string) =>
    names(
      `timeout() { eval "server=\\$$#"; echo $server >>asked; echo "Address: $server"; ${answers}; }
      ask a one.example
      echo "asked $(cat asked)"`,
    );
  const has = 'echo "Name: one.example"; echo "Address: 10.9.0.$i"';
  expect(ask(`for i in 1 2; do ${has}; done`)).toEqual(['10.9.0.1', '10.9.0.2', 'asked 10.0.0.1']);
  expect(ask(`i=3; [ $server = 10.0.0.1 ] || { ${has}; }`)).toEqual([
    '10.9.0.3',
    'asked 10.0.0.1',
    '10.0.0.2',
  ]);
  expect(ask(':')).toEqual(['asked 10.0.0.1', '10.0.0.2']);
});

describe('nameservers that are silent', () => {
  const judged = (good: string, script: string, files = {}) =>
    names(
      `gives_address() { echo $1 >>tried; case " ${good} " in *" $2 "*) ;; *) false ;; esac; }
      ${script}
      judge_nameservers
      cat names/silent
      sort -u tried`,
      files,
    );

  test('are those that have no address of a name of which another has one', () => {
    expect(judged('10.0.0.1', 'round=1')).toEqual(['10.0.0.2', 'none', 'two.example']);
    expect(judged('10.0.0.2', 'round=2')).toEqual(['10.0.0.1', 'none', 'one.example']);
    expect(judged('10.0.0.1 10.0.0.2', 'round=1').slice(0, -1)).toEqual(['none']);
    expect(judged('', 'round=1').slice(0, -1)).toEqual(['none']);
  });

  test('are asked again after 60 look-ups, or when all others are silent', () => {
    const files = { 'names/silent': '10.0.0.2\nnone\n' };
    const all = '10.0.0.1 10.0.0.2';
    expect(judged(all, 'round=59', files)).toContain('10.0.0.2');
    expect(judged(all, 'round=60', files)).not.toContain('10.0.0.2');
    expect(judged(all, 'round=61', files)).toContain('10.0.0.2');
    const other = judged('10.0.0.2', 'round=1', files);
    expect(other).toContain('10.0.0.1');
    expect(other).not.toContain('10.0.0.2');
  });

  test('get a second try', () => {
    const second = 'gives_address() { [ -e "tried-$2" ] || { : >"tried-$2"; false; }; }; : >tried';
    expect(judged('', `round=1; ${second}`)).toEqual(['none']);
  });

  test('are not looked for where there is one', () => {
    const one = { 'current/nameservers': '10.0.0.1\n' };
    expect(judged('', 'round=1; : >tried', one)).toEqual(['none']);
  });
});

describe('the addresses of a name', () => {
  const looked = (script: string, files = {}) =>
    names(
      `ask() { case $1 in a) echo 10.9.0.1 ;; *) echo fd00::1 ;; esac; }
      ${script}
      look_up one.example
      cat names/one.example`,
      files,
    );

  test('are IPv4, else IPv6', () => {
    expect(looked('')).toEqual(['10.9.0.1']);
    expect(looked('has_ipv6() { false; }')).toEqual(['10.9.0.1']);
    expect(looked('has_ipv4() { false; }')).toEqual(['fd00::1']);
    expect(looked('ask() { [ $1 = a ] || echo fd00::1; }')).toEqual(['fd00::1']);
  });

  test('stay when there is no answer', () => {
    expect(looked('ask() { :; }', { [ONE]: '10.9.0.7\n' })).toEqual(['10.9.0.7']);
  });

  test('are looked up for UDP, where no IPv4 address is known, and of all names twice an hour', () => {
    const due = (round: number, files: Readonly<Record<string, string>>, more = '') =>
      names(`round=${round}; ${more} due`, files);
    expect(due(5, { [ONE]: '10.9.0.1\n' })).toEqual(['two.example']);
    expect(due(5, { [ONE]: 'fd00::1\n' })).toEqual(['one.example', 'two.example']);
    expect(due(5, {})).toEqual(['one.example', 'two.example']);
    expect(due(5, {}, 'has_ipv6() { false; };')).toEqual(['two.example']);
    expect(due(361, { [ONE]: '10.9.0.1\n' })).toEqual(['one.example', 'two.example']);
    expect(due(360, { [ONE]: '10.9.0.1\n' })).toEqual(['two.example']);
  });

  test('are chosen where they are IPv6, and kept for as long as they are among the answers', () => {
    const chosen = (was: string) =>
      names('choose; cat names/chosen', {
        [ONE]: 'fd00::1\nfd00::2\n',
        [TWO]: '10.9.0.1\n',
        'names/chosen': was,
      });
    expect(chosen('')).toEqual(['one.example fd00::1']);
    expect(chosen('one.example fd00::2\n')).toEqual(['one.example fd00::2']);
    expect(chosen('one.example fd00::3\n')).toEqual(['one.example fd00::1']);
  });

  test('are looked up once it is known who answers, and chosen from then', () => {
    const lines = names(
      `judge_nameservers() { echo judge; ls names; }
      due() { echo one.example; ls names; }
      look_up() { case $1 in *.*) echo look up $1 ;; esac; }
      choose() { echo choose; }
      look_up_due
      echo "$round $looking $rest" >>state
      wait
      cat state
      ls names`,
      { 'names/done': '', 'names/judged': '' },
    );
    const kept = ['chosen', 'left', 'silent'];
    expect(lines).toEqual([
      ...['judge', ...kept, 'look up one.example', 'choose', '1 1 5'],
      ...['chosen', 'done', 'judged', 'left', 'silent'],
    ]);
  });

  test('are many: sixteen names are looked up at a time, and all of them', () => {
    const crowd = Array.from({ length: 40 }, (_, i) => `name-${i}.example`);
    const mounted = crowd
      .map((name) => `\t\tlisten 10.1.3.16:7 udp;\n\t\tset $backend ${name}:1;\n`)
      .join('');
    const [most, ...done] = names(
      `judge_nameservers() { :; }
      look_up() {
        : >"begun-$1"
        : >"running-$1"
        for i in $(seq 100); do [ "$(ls | grep -c begun)" -lt 16 ] || break; sleep 0.05; done
        ls | grep -c running >>most
        rm "running-$1"
        echo "$1"
      }
      look_up_due >looked
      wait
      sort -n most | tail -n 1
      sort looked`,
      { 'current/mounted': mounted },
    );
    expect(most).toBe('16');
    expect(done).toEqual([...crowd].sort());
  });
});

describe('UDP sockets', () => {
  const sockets: Socket[] = [];
  const lo = (action: string) =>
    sh(
      `ip route ${action} local 10.9.0.0/24 dev lo; ip -6 route ${action} local fd00:9::/64 dev lo`,
    );
  beforeAll(() => lo('add'));
  afterAll(() => {
    for (const socket of sockets) socket.close();
    lo('delete');
  });

  async function connect(address: string, port: number): Promise<void> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    sockets.push(socket);
    await new Promise<void>((resolve) => {
      socket.connect(port, address, resolve);
    });
  }

  const known = { [TWO]: '10.9.0.1\nfd00:9::1\n' };

  test('may lead to nameservers, addresses and what names lead to', () => {
    const rest = ['fd00::5 7002', '10.0.0.5 7003'];
    const dns = ['10.0.0.1 53', '10.0.0.2 53'];
    expect(names('known', known)).toEqual([...dns, '10.9.0.1 7001', 'fd00:9::1 7001', ...rest]);
    expect(names('known')).toEqual([...dns, '- 7001', ...rest]);
  });

  test('that lead where no name does are stray', async () => {
    for (const address of ['10.9.0.1', 'fd00:9::1']) await connect(address, 7001);
    expect(names('stray', known)).toEqual([]);
    // A port that is nobody's.
    await connect('10.9.0.2', 7009);
    for (const address of ['10.9.0.2', 'fd00:9::1:2:a']) await connect(address, 7001);
    const remote = names('stray', known).map((line) => line.split(' ')[1]);
    expect(remote).toEqual(['0200090A:1B59', '090000FD00000000010000000A000200:1B59']);
    expect(names('stray')).toEqual([]);
  });
});

describe('a name that moves', () => {
  /** The look-ups after which it was followed. */
  const followed = (script: string) =>
    names(
      `log() { echo "$round $*"; }
      resolver() { cat current/resolver.cfg; }
      fit() { echo fit; }
      update() { echo update; }
      stray() { echo "$round anew"; }
      look_up_due() { echo look up; }
      look_ups() { for i in $(seq $1); do round=$((round + 1)); looking=1; : >names/done; follow_names; done; }
      ${script}`,
      { 'current/resolver.cfg': 'resolver 10.0.0.1;\n' },
    );
  const rounds = (lines: readonly string[]) =>
    lines.filter((line) => line.includes('has moved')).map((line) => Number(line.split(' ')[0]));

  test('is followed when sockets were stray twice, and ever more seldom', () => {
    expect(rounds(followed('look_ups 70'))).toEqual([2, 4, 8, 16, 32, 64]);
    expect(followed('look_ups 2')).toEqual([
      '2 a name has moved: UDP sessions begin anew',
      'fit',
      'update',
    ]);
  });

  test('is followed once an hour at the least', () => {
    const script =
      'patience=256 next=0; look_ups 4; echo $next $patience; next=4; look_ups 2; echo $next $patience';
    expect(followed(script).filter((line) => /^\d+ \d+$/.test(line))).toEqual([
      '258 512',
      '517 720',
    ]);
    expect(followed('patience=720; look_ups 2; echo $next $patience').at(-1)).toBe('722 720');
  });

  test('is followed at once again after an hour and more of peace', () => {
    const after = (round: number) =>
      followed(`next=100 patience=64 strays=1 round=${round - 1}; look_ups 1; echo $next`).at(-1);
    expect(after(819)).toBe(String(819 + 64));
    expect(after(820)).toBe(String(820 + 2));
  });

  test('is not followed for sockets that were seen before, or once', () => {
    expect(rounds(followed('stray() { echo the same; }; look_ups 9'))).toEqual([2]);
    const everyOther = 'stray() { [ $((round % 2)) = 0 ] || echo "$round anew"; }; look_ups 20';
    expect(rounds(followed(everyOther))).toEqual([]);
  });

  test('an address that was chosen anew reaches nginx', () => {
    const calm = 'stray() { :; };';
    expect(followed(`${calm} look_ups 1`)).toEqual([]);
    expect(followed(`${calm} echo one.example fd00::1 >names/chosen; look_ups 1`)).toEqual([
      'fit',
      'update',
    ]);
  });

  test('nameservers that were judged anew reach nginx', () => {
    const judged = ': >names/judged; follow_names; ls names';
    expect(followed(judged)).not.toContain('update');
    const lines = followed(`resolver() { echo resolver 10.0.0.2; }; round=7; ${judged}`);
    expect(lines.slice(0, 3)).toEqual([
      '7 nameservers that answer: 10.0.0.1 10.0.0.2 ',
      'fit',
      'update',
    ]);
    expect(lines).not.toContain('judged');
  });

  test('is looked for every few seconds, and again when a look-up never ends', () => {
    const seconds = (count: number, script: string) =>
      followed(`${script}; for i in $(seq ${count}); do follow_names; done`).filter(
        (line) => line === 'look up',
      ).length;
    expect(seconds(4, 'rest=5')).toBe(0);
    expect(seconds(5, 'rest=5')).toBe(1);
    expect(seconds(65, 'rest=5 looking=1')).toBe(0);
    expect(seconds(66, 'rest=5 looking=1')).toBe(1);
  });
});
