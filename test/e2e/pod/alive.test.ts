import { inPod } from '../harness/functions';

/** What /proc/<pid>/stat begins with. */
const stat = (pid: number, name: string, state: string, parent: number) =>
  `${pid} (${name}) ${state} ${parent} 1 1 0 -1\n`;

/** Of these processes the first two are the container's. */
const PROCESSES = [
  stat(1, 'sh', 'S', 0),
  stat(7, 'sleep', 'S', 1),
  stat(90, 'other (x) R', 'R', 0),
];

/** What the probe says after so many seconds of silence; status 0 is yes. */
const asked = (silent: number | undefined, processes: readonly string[], server = 'none') =>
  inPod(
    'alive.sh',
    `read -r now _ </proc/uptime
    ${silent === undefined ? ':' : `echo $((\${now%.*} - ${silent})) >heartbeat`}
    cat() { if [ "$1" = ./heartbeat ]; then busybox cat heartbeat; else busybox cat stat; fi; }
    alive ${server}; echo $?`,
    { stat: processes.join('') },
  );

test('a shell that gets on is alive, and so is one that has not begun', () => {
  expect(asked(0, PROCESSES)).toEqual(['0']);
  expect(asked(50, PROCESSES)).toEqual(['0']);
  expect(asked(undefined, PROCESSES)).toEqual(['0']);
});

test('a beat is the time of the machine', () => {
  expect(
    inPod(
      'alive.sh',
      'beat; read -r now _ </proc/uptime; [ $((${now%.*} - $(cat heartbeat))) -le 30 ]; echo $?',
    ),
  ).toEqual(['0']);
});

test('one that has been silent for a minute is not, and says for how long', () => {
  expect(asked(70, PROCESSES)).toEqual([
    expect.stringMatching(/^nothing has moved for 7\d s$/),
    '1',
  ]);
});

test.each(['R', 'D'])('one whose child waits for the machine, in state %s, is alive', (state) => {
  expect(asked(700, [...PROCESSES, stat(8, 'awk', state, 7)])).toEqual(['0']);
  // What works for others is no sign of life.
  expect(asked(700, [...PROCESSES, stat(8, 'nginx', state, 7)], '7').at(-1)).toBe('1');
});

test('one that is stopped is not, and neither is what it started', () => {
  expect(asked(0, [stat(1, 'sh', 'T', 0)])).toEqual(['sh is stopped', '1']);
  expect(asked(0, [...PROCESSES, stat(8, 'my (odd) name', 'T', 7)])).toEqual([
    ...['my (odd) name is stopped', '1'],
  ]);
  expect(asked(0, [...PROCESSES, stat(8, 'stranger', 'T', 90)])).toEqual(['0']);
});

test('a server may be stopped, its children may not', () => {
  const stopped = [...PROCESSES, stat(8, 'nginx', 'T', 1)];
  expect(asked(0, stopped, '8')).toEqual(['0']);
  expect(asked(0, stopped)).toEqual(['nginx is stopped', '1']);
  expect(asked(0, [...stopped, stat(9, 'worker', 'T', 8)], '8')).toEqual([
    'worker is stopped',
    '1',
  ]);
});
