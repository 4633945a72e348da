import { inPod } from '../harness/functions';

const resolver = (nameservers: readonly string[], script: string) =>
  inPod('settings.sh', `names=names moved=0; has_ipv4() { false; }; ${script}; resolver .`, {
    nameservers: nameservers.map((one) => `${one}\n`).join(''),
    'names/silent': 'none\n',
  });

test.each([
  ['1.9.15', ''],
  ['1.10.3', ''],
  ['1.19.10', ''],
  ['1.20.2', ''],
  ['1.21.6', ''],
  ['1.22.1', ''],
  ['1.23.0', ''],
  ['1.23.1', 'ipv4=off'],
  ['1.24.0', 'ipv4=off'],
  ['1.30.0', 'ipv4=off'],
  ['2.0.0', 'ipv4=off'],
])(
  'nginx %s is asked for IPv6 alone, where there is nothing else, as it knows',
  (version, family) => {
    const nginx = `nginx() { echo nginx version: nginx/${version} >&2; }`;
    expect(resolver(['fd00::10'], nginx)[0]).toBe(`resolver [fd00::10] valid=60s ${family};`);
    const both = `${nginx}; has_ipv4() { true; }`;
    expect(resolver(['fd00::10'], both)[0]).toBe('resolver [fd00::10] valid=60s ipv6=off;');
  },
);

test('each nameserver gets the time to answer', () => {
  const both = 'has_ipv4() { true; }';
  expect(resolver([], both)).toEqual(['resolver_timeout 6500ms;', '# moved names: 0']);
  expect(resolver(['10.0.0.1'], both)[1]).toBe('resolver_timeout 6500ms;');
  expect(resolver(['10.0.0.1', '10.0.0.2'], both)[1]).toBe('resolver_timeout 6500ms;');
  expect(resolver(['10.0.0.1', '10.0.0.2', '10.0.0.3'], both)[1]).toBe('resolver_timeout 11500ms;');
});

test('nameservers that are silent are not asked, unless all are', () => {
  const silent = (...servers: readonly string[]) =>
    resolver(
      ['10.0.0.1', '10.0.0.11'],
      `has_ipv4() { true; }; for one in ${servers.join(' ')}; do echo $one; done >names/silent`,
    )[0];
  expect(silent('10.0.0.1')).toBe('resolver 10.0.0.11 valid=60s ipv6=off;');
  expect(silent('10.0.0.1', '10.0.0.11')).toBe('resolver 10.0.0.1 10.0.0.11 valid=60s ipv6=off;');
});

test('nameservers are what resolv.conf names, in either family', () => {
  const files = {
    'resolv.conf': 'search example\nnameserver 10.0.0.10\nnameserver fd00::A0\nnameserver bad;\n',
  };
  expect(inPod('settings.sh', 'nameservers .', files)).toEqual(['10.0.0.10', 'fd00::A0']);
});

const MOUNTED = `stream {
\tlimit_conn peers 10000;
\tlimit_conn sessions 5000;
\tserver {
\t\tlimit_conn peers 65535;
\t}
\tserver {
\t\tset $service echo;
\t\tlisten 10.1.3.16:7 so_keepalive=on reuseport;
\t\tset $backend one.example:7000;
\t}
\tserver {
\t\tlisten 10.1.3.16:7 udp reuseport;
\t\tset $backend two.example:7001;
\t}
}
`;

/** Without indents, which awk does not keep where it changes a line. */
const unindented = (text: string) => text.replace(/^\t+/gm, '');

const rendered = (share: number, mounted = MOUNTED) => {
  const lines = inPod('settings.sh', `many=26000; share() { echo ${share}; }; rendered .`, {
    mounted,
    chosen: 'one.example fd00::1\nother.example fd00::2\n',
  });
  return unindented(`${lines.join('\n')}\n`);
};

test('a name that has IPv6 alone gives way to its address, and datagrams make no errors', () => {
  const expected = MOUNTED.replace('one.example', '[fd00::1]').replace(
    'udp reuseport;\n',
    'udp reuseport;\nerror_log stderr crit;\n',
  );
  expect(rendered(10_000)).toBe(unindented(expected));
});

const bounds = (peers: number, sessions: number) =>
  `stream {\nlimit_conn peers ${peers};\nlimit_conn sessions ${sessions};\nserver {\nlimit_conn peers 65535;`;

test.each([
  [10_000, 10_000, 5000],
  [9999, 9999, 4999],
  [32, 32, 16],
])('where a peer may have %i, it may, and half of it are sessions', (share, peers, sessions) => {
  expect(rendered(share)).toContain(bounds(peers, sessions));
});

test('what the inventory gives one peer of more than half stays', () => {
  const given = (peers: number) =>
    MOUNTED.replace('10000', String(peers)).replace('5000', String(peers / 2));
  expect(rendered(100, given(13_000))).toContain(bounds(100, 50));
  expect(rendered(100, given(13_002))).toContain(bounds(13_002, 6501));
});
