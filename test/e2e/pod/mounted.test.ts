import { inPod } from '../harness/functions';
import { sh } from '../harness/shell';

/** What is taken of a volume, and what is said. */
const taken = (files: Readonly<Record<string, string>>, script = '') =>
  inPod(
    'mounted.sh',
    `config=$PWD; ln -s v1 ..data; mkdir to; echo old >to/old; ${script}
    take to a b; echo $?; cd to; grep . *`,
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`v1/${name}`, text])),
  );

test('what is mounted is taken whole, with what goes on in other ConfigMaps', () => {
  expect(taken({ a: '1\n', 'a.01': '2\n', 'a.02': '3\n', 'a.bak': '4\n', b: '5\n' })).toEqual([
    ...['0', 'a:1', 'a:2', 'a:3', 'b:5'],
  ]);
});

test('what is not mounted is taken as empty', () => {
  expect(taken({ b: '5\n' }, 'ls() { :; }')).toEqual(['0', 'b:5']);
});

test('nothing is taken of different versions', () => {
  const sum = sh(`printf '1\\n' | sha256sum | cut -d ' ' -f 1`).trim();
  const files = { a: '1\n', b: '5\n', checksums: `${sum}  a\n` };
  expect(taken(files)).toEqual(['0', 'a:1', 'b:5']);
  const [said, status] = taken({ ...files, a: '2\n' });
  expect([said, status]).toEqual([
    'the ConfigMaps are of different versions: waiting for the rest',
    '1',
  ]);
});

test('nothing is taken of what changes meanwhile', () => {
  const swap = 'cat() { ln -sfn v2 ..data; busybox cat "$@"; };';
  expect(taken({ a: '1\n', b: '5\n' }, swap).slice(0, 2)).toEqual(['the files are changing', '1']);
});

test('nothing is taken where there is no room', () => {
  expect(taken({ a: '1\n' }, 'cat() { return 1; };')[0]).toBe('1');
});

test('a revision names what is mounted in each volume', () => {
  expect(
    inPod('mounted.sh', 'mkdir x y; ln -s 1 x/..data; ln -s 2 y/..data; revision x y'),
  ).toEqual([...['1', '2']]);
});
