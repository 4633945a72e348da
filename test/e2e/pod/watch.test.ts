import { inPod } from '../harness/functions';

describe('the report', () => {
  /** What is said by reports one after the other, each of what was left out and what was changed. */
  const said = (script: string) =>
    inPod(
      'watch.sh',
      `current=. left_said='' force_said='' put_back_said='' tries=0 adopted=one confined=yes changed=''
      wg() { echo PUBLIC; }
      left_out() { printf '%s' "$1" >left-out; report; }
      ${script}`,
      {
        'wg0.ip': 'link set dev wg0 mtu 1420\naddress replace 10.1.3.16/32 dev wg0\n',
        'wg0.cfg': '[Interface]\n[Peer]\n[Peer]\n',
        'left-out': '',
      },
    );
  const inForce = 'log: in force: 1 addresses, 2 peers, public key PUBLIC';

  test('says once for each version what is in force', () => {
    expect(said('report; report; report')).toEqual([inForce]);
    expect(said('report; adopted=two; report; report')).toEqual([inForce, inForce]);
  });

  test('says what was put back, once until it is something else', () => {
    const script = (...changes: readonly string[]) =>
      changes.map((change) => `changed='${change}'; report`).join('; ');
    const put = (what: string) => `log: was changed by someone else, and put back: ${what}`;
    expect(said(script('new', 'a', 'a', 'b\nc', '', 'b\nc'))).toEqual([
      ...[inForce, put('a'), put('b; c'), put('b; c')],
    ]);
  });

  test('says what was left out once, in one line, and whether the rest is in force', () => {
    expect(said("left_out 'a\nb\n'; left_out 'a\nb\n'; left_out 'c\n'")).toEqual([
      'log: not applied: a; b; the rest is in force',
      'log: not applied: c; the rest is in force',
    ]);
    expect(said("confined=; left_out 'a\n'")).toEqual(['log: not applied: a']);
  });

  test('says that all is in force after something was not, and again when it is not', () => {
    expect(said("report; left_out 'a\n'; left_out ''; left_out 'a\n'")).toEqual([
      ...[inForce, 'log: not applied: a; the rest is in force'],
      ...[inForce, 'log: not applied: a; the rest is in force'],
    ]);
  });

  test('has what was left out tried again once soon', () => {
    expect(said("left_out 'a\n'; echo $tries; tries=3; left_out 'a\n'; echo $tries")).toEqual([
      ...['log: not applied: a; the rest is in force', '7', '3'],
    ]);
  });
});

describe('looking at wg0', () => {
  /** What is done in so many seconds. */
  const seconds = (count: number, script: string, leftOut = '') =>
    inPod(
      'watch.sh',
      `passes=0 tries=0 verified=sum sum=sum dump= known_outside=known
      link_up() { :; }
      install_tools() { :; }
      make_link() { :; }
      unnest_peers() { echo unnest; }
      look() { echo look; }
      converge() { echo converge "[$known_outside]"; }
      report() { echo report; }
      ${script}
      for i in $(seq ${count}); do keep; done`,
      { 'left-out': leftOut },
    );
  const times = (lines: readonly string[], what: string) =>
    lines.filter((line) => line === what).length;

  test('happens every four seconds', () => {
    expect(seconds(3, '')).toEqual([]);
    expect(seconds(4, '')).toEqual(['look', 'unnest']);
    expect(times(seconds(12, ''), 'look')).toBe(3);
  });

  test('happens at once when it is not known to be right, or is down', () => {
    const changes = ['look', 'converge []', 'report'];
    expect(seconds(1, 'verified=')).toEqual(changes);
    expect(seconds(1, 'link_up() { false; }')).toEqual(['look', 'unnest']);
    expect(seconds(4, 'sum=other')).toEqual(changes);
  });

  test('is followed by a report only when it came to an end', () => {
    expect(seconds(1, 'verified=; converge() { false; }')).toEqual(['look']);
  });

  test('ends where there is no link to look at, and is no reason to end', () => {
    expect(seconds(4, 'make_link() { return 1; }')).toEqual([]);
    expect(
      inPod(
        'watch.sh',
        'passes=9 verified=; install_tools() { :; }; make_link() { return 1; }; keep && echo on',
      ),
    ).toEqual(['on']);
  });

  test('what could not be put right is tried again at every eighth look', () => {
    const tried = (count: number, tries = 0) =>
      times(seconds(count, `tries=${tries}`, 'left out\n'), 'converge []');
    expect(tried(31)).toBe(0);
    expect(tried(32)).toBe(1);
    expect(tried(63)).toBe(1);
    expect(tried(64)).toBe(2);
    // As the report has it, once soon.
    expect(tried(3, 7)).toBe(0);
    expect(tried(4, 7)).toBe(1);
  });
});

describe('putting right', () => {
  /** What a plan and what differs of the peers lead to. */
  const done = (plan: string, wrong: string, script = '') =>
    inPod(
      'watch.sh',
      `current=. hold= plan='${plan}' wrong='${wrong}'
      seen() { :; }
      beat() { :; }
      differences() { cat after; }
      unconfined() { grep -F unconfined; }
      run_lines() { [ -z "$1" ] || echo "$2 $3"; }
      sync_peers() { echo sync >&3; }
      ${script}
      { put_right || echo "not: $wrong"; } 3>&1`,
      { after: '- route\n- address\n' },
    );
  const added = ['+ link', '+ rule', '+ route', '+ address', '- rule'];

  test('is in an order: what peers need comes before them, and goes after them', () => {
    expect(done('+ address', 'a peer')).toEqual([...added, 'sync', '- route', '- address']);
  });

  test('leaves alone what does not differ', () => {
    expect(done('', 'a peer', 'plan=')).toEqual(['sync']);
    expect(done('+ address', '')).toEqual([...added, '- route', '- address']);
  });

  test('lets nobody in who could reach more than the services', () => {
    const script = 'differences() { echo unconfined; }';
    expect(done('+ address', 'a peer', script)).toEqual([
      ...added,
      'not: peers could reach more than their services, and are not let in',
    ]);
  });
});

describe('converging', () => {
  /** What was tried, with `put_right` that leaves what differs as it is until the given try. */
  const converged = (until: number, script = '') =>
    inPod(
      'watch.sh',
      `current=. refused=refused refused_said= sum=seen adopted=one plan= wrong= changed= tries=0
      compare() { if [ $tries -ge ${until} ]; then plan= wrong=; else plan='+ address' wrong='a peer'; fi; }
      listed() { echo "$plan $wrong" | sed 's/^ $//'; }
      put_right() { tries=$((tries + 1)) said="said $tries"; echo "try $tries $(ls refused 2>/dev/null)"; : >refused; }
      look() { sum="seen $tries"; }
      peers() { for i in $(seq 12); do echo "excluded $i"; done; }
      ${script}
      converge
      echo "$? $verified [$changed] [$hold]"
      cat left-out
      cat revision 2>/dev/null`,
    );
  const excluded = Array.from({ length: 10 }, (_, i) => `excluded ${i + 1}`);

  test('tries twice, and leaves out what differs then', () => {
    expect(converged(0)).toEqual(['0 seen [] []', ...excluded, 'one']);
    expect(converged(1)).toEqual(['try 1 ', '0 seen 1 [+ address a peer] []', ...excluded, 'one']);
    expect(converged(2).slice(0, 3)).toEqual([
      'try 1 ',
      'try 2 ',
      '0 seen 2 [+ address a peer] []',
    ]);
    expect(converged(3)).toEqual([
      ...['try 1 ', 'try 2 ', '0 seen 2 [+ address a peer] []'],
      ...[...excluded, '+ address a peer', 'said 2', 'one'],
    ]);
  });

  test('is no revision in force where peers are not let in', () => {
    const script = 'put_right() { plan= wrong=loose; return 1; }';
    expect(converged(3, script)).not.toContain('one');
  });

  test('keeps the private key that is there while what is mounted is refused', () => {
    expect(converged(0, 'refused_said=bad')[0]).toBe('0 seen [] [keep]');
  });

  test('comes to no end where nothing can be compared', () => {
    expect(converged(0, 'verified=none; compare() { return 1; }')[0]).toBe('1 none [] []');
  });
});

test('three of the peers that differ are named', () => {
  const listed = (count: number) =>
    inPod(
      'watch.sh',
      `plan= links=; described() { cat; }; wrong=$(for i in $(seq ${count}); do echo "the peer $i"; done); listed`,
    );
  expect(listed(0)).toEqual([]);
  expect(listed(3)).toEqual(['the peer 1', 'the peer 2', 'the peer 3']);
  expect(listed(5)).toEqual(['the peer 1', 'the peer 2', 'the peer 3', '2 more of the peers']);
});

test('wg0 is looked after once a second, with what is mounted', () => {
  const lines = (files: Readonly<Record<string, string>>) =>
    inPod(
      'watch.sh',
      `seconds=0
      install_tools() { echo install; }
      beat() { :; }
      adopt() { echo adopt; seconds=$((seconds + 1)); [ $seconds -lt 3 ] || exit; }
      keep() { echo keep; }
      pause() { echo pause "$1"; ls; }
      current=current
      run`,
      { heartbeat: '', revision: '', 'left-out': '', ...files },
    );
  expect(lines({})).toEqual(['install', 'adopt', 'pause 1', 'adopt', 'pause 1', 'adopt']);
  expect(lines({ 'current/wg0.cfg': '' })).toEqual([
    ...['install', 'adopt', 'keep', 'pause 1', 'current', 'adopt', 'keep', 'pause 1', 'current'],
    'adopt',
  ]);
});

describe('an answer to a probe', () => {
  const probe = (script: string, leftOut = '') =>
    inPod(
      'watch.sh',
      `current=.
      link_up() { :; }
      in_force() { :; }
      wg() { echo PUBLIC; }
      ${script}
      ready
      echo $?
      serving >/dev/null
      echo $?`,
      { 'public-key': 'PUBLIC\n', 'left-out': leftOut },
    );

  test('is yes where all is as the files say', () => {
    expect(probe('')).toEqual(['0', '0']);
    expect(probe(': >public-key')).toEqual(['0', '0']);
    expect(probe('rm public-key')).toEqual(['0', '0']);
  });

  test('is no where peers cannot get in', () => {
    const no = ['1', '1'];
    expect(probe('link_up() { false; }')).toEqual(['wg0 is not up', ...no]);
    expect(probe("wg() { echo '(none)'; }")).toEqual(['wg0 has no private key', ...no]);
    expect(probe('wg() { echo OTHER; }')).toEqual([
      ...['wg0 has the key OTHER, clients expect PUBLIC', ...no],
    ]);
  });

  test('is that peers are served, but not all is ready', () => {
    expect(probe('in_force() { false; }')).toEqual([
      ...['the mounted files are not in force: the log says why', '1', '0'],
    ]);
    expect(probe('', 'a\nb\n')).toEqual(['not applied: a', 'not applied: b', '1', '0']);
  });
});
