import { inPod } from '../harness/functions';

const LISTEN = ['tcp', 'tcp', 'udp'].map((protocol, i) =>
  protocol === 'udp'
    ? `\t\tlisten 10.1.3.1${i}:7 udp reuseport;\n`
    : `\t\tlisten 10.1.3.1${i}:7;\n`,
);
const mounted = { 'current/mounted': `stream {\n${LISTEN.join('')}}\n` };

test.each([
  // Two files for each client, beside two for each listener and 64.
  [1000, 26_000, '465 997 30'],
  [1001, 26_000, '465 997 30'],
  [1002, 26_000, '466 999 30'],
  [1000, 930, '465 997 30'],
  [1000, 928, '464 995 30'],
  [8000, 2000, '1000 2067 30'],
])('a worker that may open %i files has its share of %i clients', (files, clients, expected) => {
  expect(inPod('bounds.sh', `ulimit -n ${files}; shares current ${clients}`, mounted)).toEqual([
    expected,
  ]);
});

test('the pod has room for what both workers may have; a UDP listener has a socket for each', () => {
  expect(inPod('bounds.sh', 'ulimit -n 1000; capacity current', mounted)).toEqual(['930 4']);
});

test('what peers may have is in the words of nginx', () => {
  const files = { 'current/shares': '465 997 30\n' };
  expect(inPod('bounds.sh', 'killed=0; bounds current; events current', files)).toEqual([
    'limit_conn_zone $peer zone=peers:4096k;',
    'limit_conn_zone $peer_of_session zone=sessions:4096k;',
    'limit_conn_zone $pid zone=workers:64k;',
    'limit_conn workers 465;',
    'events { worker_connections 997; }',
  ]);
  expect(inPod('bounds.sh', 'killed=1; bounds current', files)[0]).toContain('zone=peers:4100k');
});

describe('a pod of 16,000 clients', () => {
  const capacity = { 'current/capacity': '16000 4\n' };
  const press = (script: string) =>
    inPod(
      'bounds.sh',
      `capacity=16000 allowed=10000 clients=1536
      taken() { echo $count; }
      update() { echo "a peer may have $(share current), of $clients"; }
      after() { count=$1; press; }
      ${script}`,
      capacity,
    );

  test.each([
    [12_000, []],
    [12_001, ['a peer may have 2000, of 26000']],
    [14_000, ['a peer may have 2000, of 26000']],
    [14_001, ['a peer may have 500, of 26000']],
    [15_000, ['a peer may have 500, of 26000']],
    [15_001, ['a peer may have 125, of 26000']],
  ])('with %i of them is pressed as much', (count, expected) => {
    expect(press(`after ${count}`).filter((line) => !line.startsWith('log'))).toEqual(expected);
  });

  test('says so once for each step, and grows no less pressed by a step back', () => {
    expect(press('after 12001; after 12001; after 15001; after 14001; after 9000')).toEqual([
      'log: 12001 of 16000 connections are taken: a peer with more than 2000 gets no more',
      'a peer may have 2000, of 26000',
      'log: 15001 of 16000 connections are taken: a peer with more than 125 gets no more',
      'a peer may have 125, of 26000',
    ]);
  });

  test('is pressed until half is free for 300 s', () => {
    const script = (times: number) => `
      after 12001
      for i in $(seq 200); do after 8000; done
      after 8001
      for i in $(seq ${times}); do after 8000; done`;
    expect(press(script(299)).slice(2)).toEqual([]);
    expect(press(script(300)).slice(2)).toEqual(['a peer may have 9600, of 26000']);
  });

  test('lets a peer have all of it where the inventory does', () => {
    expect(press('allowed=13000; after 15001')).toHaveLength(2);
    expect(press('allowed=13001; after 15001')).toEqual([]);
  });

  test('leaves a peer 32, however small the pod is', () => {
    const small = { 'current/capacity': '100 4\n' };
    expect(inPod('bounds.sh', 'pressed=2; share current', small)).toEqual(['32']);
    expect(inPod('bounds.sh', 'pressed=0; share current', small)).toEqual(['60']);
  });
});
