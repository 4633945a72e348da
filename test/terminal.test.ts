import { log, print } from '../lib/terminal';

const RED = '\u001b[31m';
const isTTY = { out: process.stdout.isTTY, err: process.stderr.isTTY };
let printed: unknown[];
let logged: unknown[];
beforeEach(() => {
  [printed, logged] = [[], []];
  jest.spyOn(console, 'log').mockImplementation((line) => printed.push(line));
  jest.spyOn(console, 'error').mockImplementation((line) => logged.push(line));
});
afterEach(() => {
  jest.restoreAllMocks();
  process.stdout.isTTY = isTTY.out;
  process.stderr.isTTY = isTTY.err;
});

/** What is shown of `a` in red, where each of the two is a terminal or not. */
function shown(out: boolean, err: boolean, noColor?: string): [unknown, unknown] {
  const { NO_COLOR: before } = process.env;
  process.stdout.isTTY = out;
  process.stderr.isTTY = err;
  delete process.env['NO_COLOR'];
  if (noColor !== undefined) process.env['NO_COLOR'] = noColor;
  try {
    for (const write of [print, log]) write(['is ', { text: 'a\u0007', colour: 'red' }], 'b');
  } finally {
    delete process.env['NO_COLOR'];
    if (before !== undefined) process.env['NO_COLOR'] = before;
  }
  expect([printed.pop(), logged.pop()]).toEqual(['b', 'b']);
  return [printed.pop(), logged.pop()];
}

test('colours are for terminals, each by itself', () => {
  const [plain, red] = ['is a\\u{7}', expect.stringContaining(`is ${RED}a\\u{7}`) as unknown];
  expect(shown(false, false)).toEqual([plain, plain]);
  expect(shown(true, false)).toEqual([red, plain]);
  expect(shown(false, true)).toEqual([plain, red]);
  expect(shown(true, true, '1')).toEqual([plain, plain]);
  expect(shown(true, true, '')).toEqual([plain, plain]);
});
