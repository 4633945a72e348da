import { inPod } from '../harness/functions';

interface Rule {
  readonly priority: number;
  readonly six: boolean;
  readonly protocol: number;
  readonly ports: readonly [number, number];
  readonly action: string;
}

/** The rules for what comes in on wg0, of one family and protocol. */
function rulesOf(lines: readonly string[], six: boolean, protocol: number): Rule[] {
  return lines
    .flatMap((line) => {
      const found =
        /^rule add priority (\d+) from (\S+) iif wg0 ipproto (\d+)(?: dport (\d+)(?:-(\d+))?)? (.*)$/.exec(
          line,
        );
      if (!found) return [];
      const [, priority, from, ipproto, first, last, action = ''] = found;
      const ports = first === undefined ? [0, 65_535] : [Number(first), Number(last ?? first)];
      return [
        {
          priority: Number(priority),
          six: from === '::/0',
          protocol: Number(ipproto),
          ports: ports as [number, number],
          action,
        },
      ];
    })
    .filter((rule) => rule.six === six && rule.protocol === protocol)
    .sort((a, b) => a.priority - b.priority);
}

/** What the kernel comes to for a port, and how many rules it tries; rule 29999 ends the rest. */
function walk(rules: readonly Rule[], port: number): { action: string; tried: number } {
  let from = 0;
  let tried = 0;
  for (const { priority, ports, action } of rules) {
    if (priority < from) continue;
    tried++;
    if (port < ports[0] || port > ports[1]) continue;
    if (!action.startsWith('goto ')) return { action, tried };
    from = Number(action.slice('goto '.length));
  }
  return { action: 'prohibit', tried };
}

const listenerRules = (listeners: readonly string[]) =>
  inPod('confinement.sh', 'listener_rules <listeners', {
    listeners: listeners.map((line) => `${line}\n`).join(''),
  });

describe.each([
  ['tcp', '10.1.3.16', false, 6, '/32'],
  ['udp', '10.1.3.16', false, 17, '/32'],
  ['tcp', 'fd00::1', true, 6, '/128'],
  ['udp', 'fd00::1', true, 17, '/128'],
] as const)('listeners over %s at %s', (protocol, address, six, number, length) => {
  const table = (port: number) => String(number * 100_000 + port);

  test.each([1, 2, 3, 63, 64, 65, 66, 130, 257, 1000])(
    'on %i ports: each port leads to its table, and no other anywhere',
    (count) => {
      const ports = Array.from({ length: count }, (_, i) => 1000 + 3 * i);
      const lines = listenerRules(ports.map((port) => `${protocol} ${address} ${port}`));
      const rules = rulesOf(lines, six, number);
      const walked = ports.flatMap((port) => {
        const [before, here, after] = [port - 1, port, port + 1].map((one) => walk(rules, one));
        expect({ port, action: here?.action }).toEqual({ port, action: `lookup ${table(port)}` });
        expect([before?.action, after?.action]).toEqual(['prohibit', 'prohibit']);
        return [before, here, after].map((one) => one?.tried ?? 0);
      });
      expect(Math.max(...walked)).toBeLessThanOrEqual(64 + 2 * Math.sqrt(count));
      expect(lines.filter((line) => line.startsWith('rule')).length).toBe(rules.length);
      for (const port of ports)
        expect(lines).toContain(
          `route replace local ${address}${length} dev wg0 proto static table ${table(port)}`,
        );
    },
  );

  test('answer a ping, each address once', () => {
    const lines = listenerRules([`${protocol} ${address} 7`, `${protocol} ${address} 8`]);
    const icmp = six ? 58 : 1;
    const to = `route replace local ${address}${length} dev wg0 proto static table ${icmp}00000`;
    expect(lines.filter((line) => line === to)).toHaveLength(1);
  });

  test('on one port at two addresses: one rule, two routes', () => {
    const other = address.replace(/.$/, '9');
    const lines = listenerRules([`${protocol} ${address} 7`, `${protocol} ${other} 7`]);
    expect(rulesOf(lines, six, number)).toHaveLength(1);
    expect(lines.filter((line) => line.endsWith(` table ${table(7)}`))).toHaveLength(2);
  });
});

test('TCP and UDP, IPv4 and IPv6 do not get in the way of each other', () => {
  const lines = listenerRules(
    Array.from({ length: 1000 }, (_, i) => 1 + i).flatMap((port) => [
      `tcp 10.1.3.16 ${port}`,
      `udp 10.1.3.16 ${port}`,
    ]),
  );
  const priorities = (protocol: number) =>
    new Set(rulesOf(lines, false, protocol).map(({ priority }) => priority));
  const shared = [...priorities(6)].filter((one) => priorities(17).has(one));
  // What leads to the pieces, each by the protocol.
  expect(shared).toEqual([2, 3]);
  expect(Math.max(...priorities(17))).toBeLessThan(29_997);
});

describe('what may answer from behind a peer', () => {
  const answers = (listeners: string) =>
    inPod(
      'confinement.sh',
      `answer_ports() { printf '%s\\n' 'tcp 32768-40000' 'tcp 40002' 'udp 32768-60999'; }
      answer_rules listeners`,
      { listeners },
    );

  test('is a rule for each range of ports from which Linux connects', () => {
    expect(answers('tcp 10.1.3.16 7 10.1.2.4 7000\nudp fd00::1 8 fd00:2::4 53\n')).toEqual([
      'rule add priority 1 from 10.1.2.4/32 to 10.1.3.16/32 iif wg0 ipproto 6 sport 7000 dport 32768-40000 lookup 600007',
      'rule add priority 1 from 10.1.2.4/32 to 10.1.3.16/32 iif wg0 ipproto 6 sport 7000 dport 40002 lookup 600007',
      'rule add priority 1 from fd00:2::4/128 to fd00::1/128 iif wg0 ipproto 17 sport 53 dport 32768-60999 lookup 1700008',
    ]);
  });

  test('is nothing where no destination is behind a peer', () => {
    expect(answers('tcp 10.1.3.16 7\n')).toEqual([]);
  });
});

describe('what has to be there', () => {
  const confinement = (mtu: number, six = true) =>
    inPod(
      'confinement.sh',
      `wg0_group=342 wg0_mtu=${mtu}
      has_ipv6() { ${six ? 'true' : 'false'}; }
      listen_port() { echo 51820; }
      confinement .`,
      { listeners: '' },
    );

  test('for each family', () => {
    const family = (any: string, loopback: string, icmp: number) => {
      const guards = 'iif lo ipproto 17 sport 51820';
      return [
        `rule add priority 29997 from ${any} to ${loopback} iif lo lookup local`,
        `rule add priority 29998 from ${any} ${guards} goto 30001`,
        `rule add priority 29999 from ${any} iif wg0 prohibit`,
        `rule add priority 30000 from ${any} lookup local`,
        `rule add priority 30001 from ${any} ${guards} lookup main suppress_ifgroup 342`,
        `rule add priority 30002 from ${any} ${guards} lookup 2`,
        `rule add priority 0 not from ${any} iif wg0 goto 29997`,
        `rule add priority 1 from ${any} iif wg0 ipproto ${icmp} lookup ${icmp}00000`,
      ];
    };
    const end = (any: string) => `route replace local ${any} dev wg0 proto static table 2`;
    const four = [...family('0.0.0.0/0', '127.0.0.0/8', 1), end('0.0.0.0/0')];
    const six = family('::/0', '::1/128', 58);
    const sources = [
      'rule add priority 30003 from 0.0.0.0/32 iif lo ipproto 17 lookup main suppress_ifgroup 342',
      'rule add priority 30004 from 0.0.0.0/32 iif lo ipproto 17 lookup 2',
    ];
    expect(confinement(1280)).toEqual([...four, ...six, end('::/0'), ...sources]);
    expect(confinement(1279)).toEqual([...four, ...six, ...sources]);
    expect(confinement(1420, false)).toEqual([...four, ...sources]);
    expect(confinement(1279, false)).toEqual([...four, ...sources]);
  });
});

test.each([
  ['- rule add priority 5 from 0.0.0.0/0 iif wg0 lookup main', true],
  ['+ rule add priority 0 not from 0.0.0.0/0 iif wg0 goto 29997', true],
  ['+ rule add priority 29997 x', true],
  ['+ rule add priority 29999 x', true],
  ['+ rule add priority 30000 x', true],
  ['+ rule add priority 30004 x', true],
  ['+ route replace local 0.0.0.0/0 dev wg0 proto static table 2', true],
  ['+ rule add priority 3 x', false],
  ['+ rule add priority 10 x', false],
  ['- route replace 10.8.0.0/16 dev wg0', false],
  ['+ address replace 10.1.3.16/32 dev wg0', false],
])('peers are let in with "%s" to be done: %s is why not', (line, expected) => {
  expect(
    inPod('confinement.sh', `if echo '${line}' | unconfined >said; then echo yes; fi`),
  ).toEqual(expected ? ['yes'] : []);
});
