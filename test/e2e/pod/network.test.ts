import { inPod } from '../harness/functions';

describe('what ip is to run', () => {
  const PLAN = [
    '+ address replace 10.1.3.16/32 dev wg0',
    '- address replace 10.1.3.17/32 dev wg0',
    '+ address replace fd00::1/128 dev wg0',
    '+ rule add priority 3 from 0.0.0.0/0 iif wg0 prohibit',
    '+ route replace 10.1.2.4/32 dev wg0 proto static',
  ].join('\n');
  const run = (sign: string, kind: string, ip = `ip() { { echo "ip $*"; cat; } >>ran; }`) =>
    inPod('network.sh', `${ip}; run_lines '${PLAN}' ${sign} ${kind}; cat ran refused`, {
      ran: '',
      refused: '',
    });

  test('are the lines of a kind, each family by itself', () => {
    expect(run('+', 'address')).toEqual([
      'ip -4 -force -batch -',
      'address replace 10.1.3.16/32 dev wg0',
      'ip -6 -force -batch -',
      'address replace fd00::1/128 dev wg0',
    ]);
    expect(run('-', 'address')).toEqual([
      'ip -4 -force -batch -',
      'address del 10.1.3.17/32 dev wg0',
    ]);
    expect(run('+', 'link')).toEqual([]);
  });

  test('of what it refuses the reason is kept, with the line', () => {
    const ip = `ip() {
      cat >/dev/null
      echo "RTNETLINK answers: Permission denied"
      echo "Command failed -:1"
      return 1
    }`;
    expect(run('+', 'route', ip)).toEqual([
      'route replace 10.1.2.4/32 dev wg0 proto static\tPermission denied',
    ]);
    const second = ip.replace('-:1', '-:2').replace('RTNETLINK answers', 'Error');
    const two = PLAN.replace('+ rule add', '+ address replace 10.1.3.18/32 dev wg0\n+ rule add');
    expect(inPod('network.sh', `${second}; run_lines '${two}' + address; cat refused`)[0]).toBe(
      'address replace 10.1.3.18/32 dev wg0\tPermission denied',
    );
  });
});

describe('what differs, in words', () => {
  const described = (lines: readonly string[], refused = '', mtu = 1420) =>
    inPod('network.sh', `described 'link 2: wg0: <UP> mtu ${mtu} qdisc' <plan`, {
      plan: `${lines.join('\n')}\n`,
      refused,
    });

  test('names three of each reason, and how many more', () => {
    const route = (i: number) => `+ route replace 10.1.2.${i}/32 dev wg0 proto static`;
    const reason = (i: number) => `${route(i).slice(2)}\tNo route\n`;
    const some = [1, 2, 3].map(route);
    expect(described(some)).toEqual(['route 10.1.2.1/32, route 10.1.2.2/32, route 10.1.2.3/32']);
    expect(described([...some, route(4), route(5)], `${reason(4)}${reason(5)}`)).toEqual([
      'route 10.1.2.1/32, route 10.1.2.2/32, route 10.1.2.3/32',
      'route 10.1.2.4/32, route 10.1.2.5/32: No route',
    ]);
    expect(described([...some, route(4), route(5)])).toEqual([
      'route 10.1.2.1/32, route 10.1.2.2/32, route 10.1.2.3/32 and 2 more',
    ]);
  });

  test('knows what was said of a line that was to go', () => {
    expect(
      described(
        ['- address replace 10.1.3.17/32 dev wg0'],
        'address del 10.1.3.17/32 dev wg0\tNot permitted\n',
      ),
    ).toEqual(['address del 10.1.3.17/32: Not permitted']);
  });

  test('says what a narrow wg0 is too narrow for', () => {
    const lines = [
      '+ address replace fd00::1/128 dev wg0',
      '+ address replace 10.0.0.1/32 dev wg0',
    ];
    expect(described(lines, '', 1280)).toEqual(['address fd00::1/128, address 10.0.0.1/32']);
    expect(described(lines, '', 1279)).toEqual([
      'address fd00::1/128: wg0 has an MTU of 1279, IPv6 needs 1280',
      'address 10.0.0.1/32',
    ]);
  });
});

describe('what there is against what has to be', () => {
  const WANTED = [
    'link set dev wg0 group 342',
    'link set dev wg0 mtu 1420',
    'link set dev wg0 up',
    'address replace 10.1.3.16/32 dev wg0',
    'address replace fd00:0:0::1/128 dev wg0',
    'route replace 10.1.2.4/32 dev wg0 proto static',
    'route replace local 10.1.3.16/32 dev wg0 proto static table 600007',
    'route replace fd00:2::/64 dev wg0 proto static',
    'route replace local 0.0.0.0/0 dev wg0 proto static table 2',
    'rule add priority 0 not from 0.0.0.0/0 iif wg0 goto 29997',
    'rule add priority 10 from 0.0.0.0/0 iif wg0 ipproto 6 dport 7 lookup 600007',
    'rule add priority 30003 from 0.0.0.0/32 iif lo ipproto 17 lookup 2',
    'rule add priority 1 from ::/0 iif wg0 ipproto 58 lookup 5800000',
  ];
  const SEEN = [
    'link 3: wg0: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1420 qdisc noqueue state UNKNOWN mode DEFAULT group 342 qlen 500',
    'address 3: wg0    inet 10.1.3.16/32 scope global wg0\\       valid_lft forever',
    'address 3: wg0    inet6 fd00::1/128 scope global \\       valid_lft forever',
    'address 3: wg0    inet6 fe80::1/64 scope link \\       valid_lft forever',
    'route 4 10.1.2.4 proto static scope link ',
    'route 4 local 10.1.3.16 table 600007 proto static scope host ',
    'route 4 local default table 2 proto static scope host ',
    'route 4 local 10.1.3.16 table local proto kernel scope host src 10.1.3.16 ',
    'route 6 fd00:2::/64 proto static metric 1024 pref medium',
    'rule 4 0:\tnot from all iif wg0 goto 29997',
    'rule 4 10:\tfrom all iif wg0 ipproto tcp dport 7 lookup 600007 [detached]',
    'rule 4 30003:\tfrom 0.0.0.0 iif lo ipproto udp lookup 2',
    'rule 4 32766:\tfrom all lookup main',
    'rule 4 77:\tfrom all lookup 77',
    'rule 6 1:\tfrom all iif wg0 ipproto ipv6-icmp lookup 5800000',
  ];
  const differences = (seen: readonly string[], wanted: readonly string[] = WANTED) =>
    inPod('network.sh', 'wanted() { cat wanted; }; differences . "$(cat seen)"', {
      wanted: `${wanted.join('\n')}\n`,
      seen: `${seen.join('\n')}\n`,
    });

  test('is the same, however ip writes it, and whatever others have', () => {
    expect(differences(SEEN)).toEqual([]);
  });

  test.each(WANTED.map((line, i) => [line, i] as const))('%s, when it has gone', (line, i) => {
    const wanted = WANTED.map((one, j) => (i === j ? `${one} more` : one));
    const lines = differences(SEEN, wanted);
    expect(lines[0]).toBe(`+ ${line} more`);
    expect(lines.slice(1)).toEqual(
      line.startsWith('link') ? [] : [`- ${line}`.replace('fd00:0:0::1', 'fd00::1')],
    );
  });

  test.each([
    ['rule 4 29997:\tfrom all lookup 9', 'rule add priority 29997 from 0.0.0.0/0 lookup 9'],
    ['rule 4 30004:\tfrom all lookup 9', 'rule add priority 30004 from 0.0.0.0/0 lookup 9'],
    ['rule 6 0:\tfrom all lookup local', 'rule add priority 0 from ::/0 lookup local'],
    [
      'rule 6 5:\tfrom fd00::7 iif wg0 lookup 9',
      'rule add priority 5 from fd00::7/128 iif wg0 lookup 9',
    ],
    [
      'rule 4 5:\tfrom 10.0.0.0/8 to 10.0.0.1 iif wg0 lookup 9',
      'rule add priority 5 from 10.0.0.0/8 to 10.0.0.1/32 iif wg0 lookup 9',
    ],
    ['route 4 default scope link', 'route replace 0.0.0.0/0 dev wg0'],
    [
      'route 4 unreachable 10.9.0.0/16 metric 7',
      'route replace unreachable 10.9.0.0/16 dev wg0 metric 7',
    ],
    [
      'route 6 fd00:7::1 proto static metric 7 pref medium',
      'route replace fd00:7::1/128 dev wg0 proto static metric 7',
    ],
    ['address 3: wg0    inet 10.9.9.9/24 scope global wg0', 'address replace 10.9.9.9/24 dev wg0'],
  ])('%s is too much', (seen, line) => {
    expect(differences([...SEEN, seen])).toEqual([`- ${line}`]);
  });

  test('is told apart, however much is left out of an IPv6 address', () => {
    const other = SEEN.map((line) => line.replace('fd00::1/128', 'fd00::2/128'));
    expect(differences(other)).toEqual([
      '+ address replace fd00:0:0::1/128 dev wg0',
      '- address replace fd00::2/128 dev wg0',
    ]);
    const wanted = WANTED.map((line) => line.replace('fd00:2::/64', 'fd00:2:0:0:0:0:0:0/64'));
    expect(differences(SEEN, wanted)).toEqual([]);
  });

  test('is not looked at where what is wanted has not come whole', () => {
    expect(inPod('network.sh', 'wanted() { false; }; differences . "" || echo failed')).toEqual([
      'failed',
    ]);
  });
});

test('a pod without IPv6 is asked for IPv4 alone', () => {
  const seen = (six: string) =>
    inPod('network.sh', `ip() { case "$*" in "-6 rule show") ${six} ;; esac; echo "$*"; }; seen`);
  const link = ['link -o link show dev wg0', 'address -o address show dev wg0'];
  const family = (n: number) => [
    `rule ${n} -${n} rule show`,
    `route ${n} -${n} route show table all dev wg0`,
  ];
  expect(seen('return 1')).toEqual([...link, ...family(4)]);
  expect(seen('')).toEqual([...link, ...family(4), ...family(6)]);
});
