import { inPod } from '../harness/functions';

const key = (letter: string) => `${letter.repeat(42)}E=`;
const NONE = `${'A'.repeat(43)}=`;

const FILES = {
  'private-key': `  ${key('P')} \r\n`,
  hero: ` ${key('H')}\n`,
  bad: 'short\n',
  zero: `${NONE}\n`,
  encrypted: 'ENC[AES256_GCM,data:x]\n',
};

const peer = (name: string, letter: string, psk = '') => [
  '[Peer]',
  ...(name ? [`# friendly_name = ${name}`] : []),
  `PublicKey = ${key(letter)}`,
  ...(psk ? [`PresharedKey = ./${psk}`] : []),
  `AllowedIPs = 10.1.2.${letter.charCodeAt(0)}/32, fd00:2::${letter}/128`,
];

const CFG = [
  ...['[Interface]', 'PrivateKey = ./private-key', 'ListenPort = 342'],
  ...[...peer('one', 'B', 'hero'), ...peer('', 'C')],
];

const run = (script: string, cfg: readonly string[] = CFG, more = {}) =>
  inPod('peers.sh', `. "\${0%/*}/network.sh"; ${script}`, {
    ...FILES,
    'wg0.cfg': `${cfg.join('\n')}\n`,
    ...more,
  });

const SETTINGS = [
  ...['[Interface]', `PrivateKey = ${key('P')}`, 'ListenPort = 342', 'FwMark = off'],
  ...['[Peer]', `PublicKey = ${key('B')}`, `PresharedKey = ${key('H')}`],
  ...['PersistentKeepalive = off', 'AllowedIPs = 10.1.2.66/32, fd00:2::B/128'],
  ...['[Peer]', `PublicKey = ${key('C')}`, `PresharedKey = ${NONE}`],
  ...['PersistentKeepalive = off', 'AllowedIPs = 10.1.2.67/32, fd00:2::C/128'],
];

test('wg gets the keys in the place of their paths', () => {
  expect(run('peers . settings')).toEqual(SETTINGS);
  expect(run('peers . settings keep')).toEqual(SETTINGS.filter((line) => !/Private/.test(line)));
});

test('wg gets nothing of what cannot be read', () => {
  const failed = ['failed'];
  expect(run('peers . settings || echo failed', CFG.slice(0, 2))).toEqual(failed);
  expect(run('rm wg0.cfg; peers . settings || echo failed')).toEqual(failed);
});

test('a peer without a usable preshared key is left out, and said', () => {
  const cfg = [...CFG, ...peer('bad', 'D', 'bad'), ...peer('zero', 'F', 'zero')];
  expect(run('peers . settings', cfg)).toEqual(SETTINGS);
  expect(run('peers . excluded')).toEqual([]);
  expect(
    run('peers . excluded', [...cfg, ...peer('', 'G', 'encrypted'), ...peer('', 'I', 'no')]),
  ).toEqual([
    'no key in ./bad: its peer is left out',
    'no key in ./zero: its peer is left out',
    'the key in ./encrypted is still encrypted (ENC[...]), add spec.decryption to the Flux Kustomization: its peer is left out',
    'no key in ./no: its peer is left out',
  ]);
});

describe('what differs', () => {
  const INTERFACE = [key('P'), key('Q'), '342', 'off'];
  const dumped = (letter: string, psk = '(none)') => [
    ...[key(letter), psk, '1.2.3.4:5', `10.1.2.${letter.charCodeAt(0)}/32,fd00:2:0::${letter}/128`],
    ...['0', '0', '0', 'off'],
  ];
  const DUMP = [INTERFACE, dumped('B', key('H')), dumped('C')];
  const compared = (dump: readonly (readonly string[])[], cfg = CFG, keep = '') =>
    run(`peers . compare ${keep} <dump`, cfg, {
      dump: dump.map((line) => `${line.join('\t')}\n`).join(''),
    });
  const withField = (line: number, field: number, value: string) =>
    DUMP.map((one, i) => (i === line ? one.map((f, j) => (j === field ? value : f)) : one));

  test('is nothing where wg0 is as the files say, in any order', () => {
    expect(compared(DUMP)).toEqual([]);
    const [first = [], one = [], two = []] = DUMP;
    expect(compared([first, two, one])).toEqual([]);
    for (const same of ['fd00:2::B/128,10.1.2.66/32', '10.1.2.66/32, fd00:2::B/128'])
      expect(compared(withField(1, 3, same))).toEqual([]);
  });

  test.each([
    [0, 0, key('X'), 'the private key'],
    [0, 2, '343', 'the port'],
    [0, 3, '0x5', 'the routing mark'],
    [1, 1, '(none)', 'the preshared key of one'],
    [2, 1, key('H'), `the preshared key of ${key('C')}`],
    [1, 7, '25', 'the keepalive of one'],
    [1, 3, '10.1.2.66/32', 'the allowed IPs of one'],
    [1, 3, '10.1.2.66/32,fd00:2::C/128', 'the allowed IPs of one'],
    [1, 3, '10.1.2.65/32,fd00:2::B/128', 'the allowed IPs of one'],
    [1, 3, '(none)', 'the allowed IPs of one'],
  ])('in line %i, field %i, of %s is named', (line, field, value, name) => {
    expect(compared(withField(line, field, value))).toEqual([name]);
  });

  test('is a peer too few or too many', () => {
    expect(compared(DUMP.slice(0, 2))).toEqual([`the peer ${key('C')}`]);
    expect(compared([...DUMP, dumped('Z')])).toEqual([`a peer too many, ${key('Z')}`]);
    expect(compared(DUMP, [...CFG, ...peer('bad', 'Z', 'bad')])).toEqual([]);
  });

  test('is wg0 itself where there is none', () => {
    expect(compared([]).sort()).toEqual(['the peer one', `the peer ${key('C')}`, 'wg0'].sort());
  });

  test('is not the private key where the one that is there is kept', () => {
    expect(compared(withField(0, 0, key('X')), CFG, 'keep')).toEqual([]);
  });
});

test('wg is handed all or nothing, and its words only as far as they quote no key', () => {
  const sync = (script: string) => run(`wg() { ${script}; }; sync_peers . ''; echo $?`);
  expect(sync('echo "wg $*"; cat')).toEqual(['wg syncconf wg0 /dev/stdin', ...SETTINGS, '0']);
  expect(sync('echo "Key is not valid: \\`abc"')).toEqual(['Key is not valid: ', '0']);
  expect(run('wg() { cat; }; rm wg0.cfg; sync_peers . ""; echo $?').at(-1)).toBe('1');
});

describe('the private key', () => {
  const checked = (
    content: string | undefined,
    expected: string,
    wg = `wg() { cat >got; echo ${key('B')}; }`,
  ) =>
    inPod('peers.sh', `${wg}; secret=.; check_key .; echo $?`, {
      ...(content === undefined ? {} : { 'private-key': content }),
      'public-key': expected,
    });

  test('passes when it belongs to the announced public key, or none is announced', () => {
    expect(checked(`${key('P')}\n`, key('B'))).toEqual(['0']);
    expect(checked(`${key('P')}\n`, '')).toEqual(['0']);
  });

  test.each([
    [undefined, /^no private key: waiting for the Secret/],
    ['', /^the private key is empty/],
    [' \n', /^the private key is empty/],
    ['ENC[AES256_GCM,data:x]', /^the private key is still encrypted/],
    [key('P'), /^the private key belongs to B.*, clients expect C/],
  ])('%j does not', (content, said) => {
    const lines = checked(content, key('C'));
    expect(lines[0]).toMatch(said);
    expect(lines.slice(1)).toEqual(['1']);
  });

  test('that wg refuses does not', () => {
    const lines = checked('short', '', 'wg() { echo broken >&2; return 1; }');
    expect(lines[0]).toMatch(/^the private key is not base64 of 32 bytes/);
    expect(lines.slice(1)).toEqual(['1']);
  });
});

describe('the endpoint of a peer', () => {
  const line = (letter: string, endpoint: string) =>
    [key(letter), '(none)', endpoint, '10.1.2.4/32', '0', '0', '0', 'off'].join('\t');
  /** Of the addresses, what begins with 10.1.2. or fd00:2: is behind wg0. */
  const unnested = (lines: readonly string[], script = '') =>
    run(
      `ip() { sed 's/^route get \\([^ ]*\\) ipproto 6$/\\1/' | while read -r to; do
        case $to in 10.1.2.*|fd00:2:*) echo "$to dev wg0 src x" ;; *) echo "$to via y dev eth0 src x" ;; esac
      done; }
      wg() { echo wg "$@"; }
      ${script}
      unnest_peers "$(cat dump)"
      echo "known: $(echo $known_outside)"`,
      CFG,
      { dump: lines.map((one) => `${one}\n`).join('') },
    );
  const forgotten = (letter: string, endpoint: string) => [
    `wg set wg0 peer ${key(letter)} endpoint 127.0.0.1:9`,
    `log: the peer ${key(letter)} came through its own tunnel: its endpoint ${endpoint} is behind wg0, and is forgotten`,
  ];
  const first = [key('P'), key('Q'), '342', 'off'].join('\t');

  test('is forgotten when it is behind wg0', () => {
    const lines = [
      first,
      line('B', '10.1.2.4:51820'),
      line('C', '1.2.3.4:5'),
      line('D', '[fd00:2::4]:9'),
    ];
    expect(unnested(lines, 'known_outside=')).toEqual([
      ...[...forgotten('B', '10.1.2.4:51820'), ...forgotten('D', '[fd00:2::4]:9'), 'known: '],
    ]);
  });

  test('is not asked for again once it is known to be outside', () => {
    const lines = [
      first,
      line('C', '1.2.3.4:5'),
      line('D', '(none)'),
      line('F', '[fe80::1%eth0]:7'),
    ];
    expect(unnested(lines)).toEqual(['known: 1.2.3.4 fe80::1']);
    const asked = 'ip() { echo asked >&2; }; known_outside=1.2.3.4';
    expect(unnested([first, line('C', '1.2.3.4:5')], asked)).toEqual(['known: 1.2.3.4']);
  });
});
