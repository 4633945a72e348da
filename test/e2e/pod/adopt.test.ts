import { inPod } from '../harness/functions';

const KEY = `${'A'.repeat(42)}E=`;
const GOOD = {
  'wg0.ip': [
    'link set dev wg0 mtu 1300',
    'address replace 10.1.3.16/32 dev wg0',
    'address replace fd00::1/128 dev wg0',
    'route replace 10.1.2.0/24 dev wg0 proto static',
  ],
  listeners: ['tcp 10.1.3.16 7', 'udp fd00::1 10 fd00:2::4 7000'],
  'wg0.cfg': [
    '[Interface]',
    '# a comment',
    'PrivateKey = /wireguard-key/private-key',
    'ListenPort = 50420',
    '',
    '[Peer]',
    `PublicKey = ${KEY}`,
    'PresharedKey = /wireguard-psk/hero',
    'AllowedIPs = 10.1.2.4/32, fd00:2::4/128',
  ],
};

const wellFormed = (files: Readonly<Record<string, readonly string[]>>) =>
  inPod(
    'adopt.sh',
    'well_formed .; echo $?',
    Object.fromEntries(
      Object.entries({ ...GOOD, ...files }).map(([name, lines]) => [
        name,
        lines.map((line) => `${line}\n`).join(''),
      ]),
    ),
  );

test('what a synth writes is well formed', () => {
  expect(wellFormed({})).toEqual(['0']);
  expect(wellFormed({ 'wg0.ip': [], listeners: [] })).toEqual(['0']);
});

test.each([
  ['wg0.ip', 'link set dev wg0 mtu 1300 up'],
  ['wg0.ip', 'link set dev wg0 down'],
  ['wg0.ip', 'address replace nonsense dev wg0'],
  ['wg0.ip', 'address replace 10.1.3.16 dev wg0'],
  ['wg0.ip', 'address replace 10.1.3.16/32 dev eth0'],
  ['wg0.ip', 'route replace 10.1.2.4/32 dev wg0'],
  ['wg0.ip', 'route replace nonsense dev wg0 proto static'],
  ['wg0.ip', 'rule add priority 0 lookup main'],
  ['listeners', 'icmp 10.1.3.16 7'],
  ['listeners', 'tcp 10.1.3.16'],
  ['listeners', 'tcp 10.1.3.16 7 10.1.2.4'],
  ['wg0.cfg', 'ListenPort = no'],
  ['wg0.cfg', 'PublicKey = short'],
  ['wg0.cfg', `PublicKey = ${KEY.slice(1)}!`],
  ['wg0.cfg', `PublicKey = A${KEY}`],
  ['wg0.cfg', 'AllowedIPs = 10.1.2.4/32, nonsense'],
  ['wg0.cfg', 'AllowedIPs = nonsense, 10.1.2.4/32'],
  ['wg0.cfg', 'AllowedIPs = '],
  ['wg0.cfg', 'Endpoint = 1.2.3.4:5'],
] as const)('of %s, "%s" is no line this pod knows', (file, line) => {
  const number = GOOD[file].length + 1;
  expect(wellFormed({ [file]: [...GOOD[file], line] })).toEqual([
    `${file}, line ${number}, is none this pod knows: ${line}`,
    '1',
  ]);
});

test('what a line with a key holds is not shown', () => {
  for (const name of ['PrivateKey', 'PresharedKey']) {
    const lines = [...GOOD['wg0.cfg'], `${name} = ${KEY}`];
    expect(wellFormed({ 'wg0.cfg': lines })).toEqual([
      `wg0.cfg, line 10, is none this pod knows: ${name}`,
      '1',
    ]);
  }
});

test('a wg0.cfg without a port is refused', () => {
  const lines = GOOD['wg0.cfg'].filter((line) => !line.startsWith('ListenPort'));
  expect(wellFormed({ 'wg0.cfg': lines })).toEqual(['wg0.cfg has no ListenPort', '1']);
});

describe('adopting', () => {
  const adopted = (script: string) =>
    inPod(
      'adopt.sh',
      `config=config secret=secret psks=psks
      revision() { echo "$seen"; }
      take() { mkdir -p next; echo "$seen" >next/is; }
      well_formed() { :; }
      check_key() { :; }
      show() { echo "$(cat current/is 2>/dev/null) adopted=$adopted verified=$verified $(cat revision 2>/dev/null)"; }
      verified=yes; echo old >revision
      ${script}`,
    );

  test('what passes is in the place of what was, and yet to be compared', () => {
    expect(adopted('seen=1; adopt; show; verified=yes; adopt; show; seen=2; adopt; show')).toEqual([
      '1 adopted=1 verified= ',
      '1 adopted=1 verified=yes ',
      '2 adopted=2 verified= ',
    ]);
  });

  test('what is refused is said once, and what was stays', () => {
    const refuse = 'well_formed() { echo bad; false; }';
    expect(
      adopted(`seen=1; adopt; verified=yes; ${refuse}; seen=2; adopt; adopt; show; well_formed() { :; }
        adopt; show; ${refuse}; seen=3; adopt`),
    ).toEqual([
      'log: not applied: bad',
      '1 adopted=1 verified=yes ',
      '2 adopted=2 verified= ',
      'log: not applied: bad',
    ]);
    for (const check of ['take', 'check_key'])
      expect(adopted(`${check}() { echo bad; false; }; seen=1; adopt; show`)).toEqual([
        'log: not applied: bad',
        ' adopted= verified=yes old',
      ]);
  });

  test('a revision is in force when it is the one that was noted', () => {
    expect(adopted('seen=old; in_force && echo yes')).toEqual(['yes']);
    expect(adopted('seen=new; in_force || echo no')).toEqual(['no']);
  });
});
