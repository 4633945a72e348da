import { inPod } from '../harness/functions';

const DIED = '2026/11/25 [alert] 1#1: worker process 7 exited on signal 9\n';

describe('what nginx says of its workers', () => {
  const recounted = (script: string, alerts: string) =>
    inPod(
      'workers.sh',
      `fit() { echo fit; }
      update() { echo update $killed; }
      ${script}
      wc -c <alerts`,
      { alerts },
    );

  test('that one died: clients are counted anew, once for each', () => {
    const anew = (n: number) => [
      'log: a worker of nginx died: connections are counted anew',
      ...['fit', `update ${n}`],
    ];
    expect(recounted('recount; recount', DIED).slice(0, -1)).toEqual(anew(1));
    const again = `recount; echo '${DIED}' >>alerts; recount`;
    expect(recounted(again, DIED).slice(0, -1)).toEqual([...anew(1), ...anew(2)]);
    expect(recounted('recount', '')).toEqual(['0']);
  });

  test('stays in bounds', () => {
    const other = (size: number) => `${'x'.repeat(size - 1)}\n`;
    expect(recounted('recount', other(100_000))).toEqual(['100000']);
    expect(recounted('recount', other(100_001))).toEqual(['0']);
    const lines = recounted(
      `recount; busybox head -c 100000 /dev/zero >>alerts; recount; echo '${DIED}' >alerts; recount`,
      DIED,
    );
    expect(lines.filter((line) => line.startsWith('update'))).toEqual(['update 1', 'update 2']);
  });
});

test('nothing was killed at the start: the zones begin as they are', () => {
  const files = { 'current/shares': '465 997 30\n' };
  expect(inPod('workers.sh', '. "${0%/*}/bounds.sh"; bounds current', files)[0]).toBe(
    'limit_conn_zone $peer zone=peers:4096k;',
  );
});

describe('old workers', () => {
  test('are noted once, each with the memory it takes', () => {
    const files = { retired: '7 1000\n' };
    const script = 'connections=2048; workers() { echo 7; echo 77; }; retire; retire; cat retired';
    expect(inPod('workers.sh', script, files)).toEqual([
      '7 1000',
      `77 ${640 + (2048 * 424) / 1024}`,
    ]);
  });

  test('end, the oldest first, when all are too large together', () => {
    const ended = (...sizes: readonly number[]) =>
      inPod(
        'workers.sh',
        `retired() { cat retired; }; kill() { echo kill "$@"; }; end_oldest; echo $killed`,
        { retired: sizes.map((size, i) => `${100 + i} ${size}\n`).join('') },
      );
    const said = 'log: ended the oldest connections: too many changes since they were opened';
    expect(ended()).toEqual(['0']);
    expect(ended(262_143, 1)).toEqual(['0']);
    expect(ended(262_143, 1, 1)).toEqual([said, 'kill -TERM 100', '1']);
    expect(ended(10, 20, 262_140, 100)).toEqual([said, 'kill -TERM 100 101 102', '1']);
    expect(ended(10, 85, 262_000, 144)).toEqual([said, 'kill -TERM 100 101', '1']);
  });

  test('of which the process is another by now are forgotten', () => {
    const script = `title() { case $1 in 7) title="nginx: worker process is shutting down" ;; 8) title=sh ;; esac; }; retired; cat retired`;
    const lines = inPod('workers.sh', script, { retired: '7 1000\n8 1000\n9 1000\n' });
    expect(lines).toEqual(['7 1000', '7 1000']);
  });
});

test('a worker is crowded with a quarter of the connections it may have', () => {
  const crowded = (free: number) =>
    inPod(
      'workers.sh',
      `workers() { echo $$; }
      set -- /proc/$$/fd/*
      idle=$(($# - ${free})) connections=40
      crowded; echo $?`,
    );
  expect(crowded(9)).toEqual(['1']);
  expect(crowded(10)).toEqual(['0']);
});
