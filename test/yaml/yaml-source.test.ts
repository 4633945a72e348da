import { readYaml } from '../../lib/yaml/yaml-source';

/** Line, column and message of each issue. */
function issues(text: string): string[] {
  const source = readYaml(text);
  if (!('issues' in source)) throw new Error('it is read');
  return source.issues.map(({ line, column, message }) => `${line}:${column}: ${message}`);
}

function source(text: string) {
  const read = readYaml(text);
  if ('issues' in read) throw new Error(JSON.stringify(read.issues));
  return read;
}

const INDENTED =
  'is not YAML: a second ": " in one line, or a line indented too far; put the text in quotes or mend the indentation';
const BRACKETS =
  'is an IPv6 address in brackets, which reads as a list; put "[address]:port" in quotes';

test.each<[string, string[]]>([
  ['a: b: c\n', [`1:4: ${INDENTED}`]],
  [
    'a: 1\nb: {\n',
    [
      '3:1: is not YAML: flow map in block collection must be sufficiently indented and end with a }; mend the line or put its text in quotes',
    ],
  ],
  ['a:\n\tb: 1\n', ['2:1: is indented by a tab; YAML takes only spaces']],
  ['a: !t 1\n', ['1:4: is a tag, which means nothing here; remove it']],
  ['a: 1\n[b]: 2\n', ['2:1: is a key that is no plain text; write it out']],
  [
    'a: 1\n---\nb: 1\n',
    ['2:1: begins another document; keep one, and give each cluster its own file'],
  ],
  [
    '%YAML 1.1\n---\na: on\n',
    ['1:1: asks for YAML 1.1, where `on` is true and 010 is 8; remove the %YAML line'],
  ],
  [
    'a:\n  <<: {}\n',
    ['2:3: "<<" is a merge key, which YAML 1.2 does not have; write its keys out'],
  ],
  ['a: 1\nb: 1\na: 2\n', ['3:1: "a": stands in this mapping already; remove one']],
  ['a: { b: 1, "b": 2 }\n', ['1:12: "b": stands in this mapping already; remove one']],
  ['a: *x\n', ['1:4: is an alias without an anchor before it; write &name where its value stands']],
  [
    'a: 1\nb: \u001b\n',
    [
      '2:4: holds the invisible character U+001B, which may show something else than is read; remove it',
    ],
  ],
])('%j', (text, expected) => {
  expect(issues(text)).toEqual(expected);
});

test.each(['dest: [fd00::1]:443\n', 'a: 1\nd: { dest: [fd00::1]:443 }\n', 'dest: [FD00::1]:443'])(
  '%j has brackets without quotes',
  (text) => {
    const [first = ''] = issues(text);
    expect(first.replace(/^\d+:\d+: /, '')).toBe(BRACKETS);
  },
);

test('an address in quotes is not what is wrong with a line', () => {
  expect(issues('a: "[fd00::1]:443" x\n').join()).not.toContain(BRACKETS);
  expect(issues("a: '[fd00::1]:443' x\n").join()).not.toContain(BRACKETS);
  expect(issues('b: [fd00::1]\na: "x" x\n').join()).not.toContain(BRACKETS);
  expect(issues('a: "x" x\nb: [fd00::1]:443\n').join()).toContain('2:');
});

test('keys are texts, values are YAML 1.2', () => {
  expect(source('01: 010\n0x1: on\ntrue: ~\n').data).toEqual({ '01': 10, '0x1': 'on', true: null });
  expect(source('').data).toBeNull();
  expect(source('{"a": [1, "b"]}').data).toEqual({ a: [1, 'b'] });
  expect(source('a: &x { b: 1 }\nc: *x\n').data).toEqual({ a: { b: 1 }, c: { b: 1 } });
});

test('lists of lists of aliases unfold into too much', () => {
  const rows = ['a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]'];
  for (let i = 1; i < 9; i++) {
    rows.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`);
  }
  expect(issues(rows.join('\n'))).toEqual([
    expect.stringMatching(/^9:\d+: is an alias too many: together they unfold into too much/),
  ]);
});

test('50 levels are read, and no more', () => {
  const deep = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
  expect(source(deep(50)).data).toBeDefined();
  expect(issues(deep(51))).toEqual([
    '1:51: is nested more than 50 levels deep; an inventory has 6',
  ]);
  expect(issues(`a:\n${deep(100_000)}`)[0]).toMatch(/^2:\d+: is nested more than 50 levels deep/);
});

test('a value knows where it stands, and its key', () => {
  const { locate } = source('a:\n  - b: 0x1F\n    c: text\nd: &x [1, 2]\ne: *x\nf:\n');
  expect(locate(['a', 0, 'b'], 'value')).toEqual({ line: 2, column: 8, source: '0x1F' });
  expect(locate(['a', 0, 'b'], 'key')).toEqual({ line: 2, column: 5, source: undefined });
  expect(locate(['a', 0, 'c'], 'value')).toEqual({ line: 3, column: 8, source: undefined });
  expect(locate(['e', 1], 'value')).toEqual({ line: 4, column: 11, source: '2' });
  expect(locate(['f'], 'value')).toMatchObject({ line: 6 });
  expect(locate([], 'value')).toMatchObject({ line: 1, column: 1 });
});

test('of something missing, the mapping it is missing from', () => {
  const { locate } = source('a:\n  b: 1\nc: 2\n');
  expect(locate(['a', 'x'], 'value')).toMatchObject({ line: 2, column: 3 });
  expect(locate(['a', 'x'], 'key')).toMatchObject({ line: 2, column: 3 });
  expect(locate(['x', 'y'], 'value')).toMatchObject({ line: 1, column: 1 });
  expect(locate(['c', 'x'], 'value')).toMatchObject({ line: 3, column: 4 });
});

test('an empty value has no spelling, and what is missing stands where it is missing from', () => {
  const { locate } = source('a:\nb: { c: 1 }\n');
  expect(locate(['a'], 'value')).toEqual({ line: 1, column: 3 });
  expect(locate(['b', 'x', 'y', 0], 'value')).toEqual({ line: 2, column: 4 });
  expect(locate(['a', 'x'], 'key')).toEqual({ line: 1, column: 3 });
});

test.each([
  ['a: *x\nb: &y 1\nc: *y\n', '1:4: is an alias without an anchor'],
  ['dest: [fd00::1]:4', '1:16: is an IPv6 address in brackets'],
  ['a: "x" y\n# [fd00::1]:443\n', '1:8: is not YAML: unexpected scalar'],
  ['# [fd00::1]:443\na: "x" y\n', '2:8: is not YAML: unexpected scalar'],
  ['a: 1\nb: [fd00::1]:443\n', '2:13: is an IPv6 address in brackets'],
])('%j is %s', (text, message) => {
  const read = readYaml(text);
  if (!('issues' in read)) throw new Error('it was read');
  const [issue] = read.issues;
  expect(`${issue?.line}:${issue?.column}: ${issue?.message}`).toMatch(new RegExp(`^${message}`));
});
