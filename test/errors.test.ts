import { reportUserErrors, UserError } from '../lib/errors';

let logged: unknown[];
beforeEach(() => {
  logged = [];
  jest.spyOn(console, 'error').mockImplementation((line) => logged.push(line));
});
afterEach(() => {
  jest.restoreAllMocks();
  process.exitCode = undefined;
});

test('an error is named, and has its lines', () => {
  expect(String(new UserError(['a', 'b\n']))).toBe('UserError: a\nb\\n');
  expect(new UserError('a').lines).toEqual(['a']);
});

test('a mistake of the user is a line each, and the exit code 1', async () => {
  await reportUserErrors(() => {
    throw new UserError(['a', 'b']);
  });
  expect(logged).toEqual(['a', 'b']);
  expect(process.exitCode).toBe(1);
});

test('a defect keeps its stack', async () => {
  const defect = new TypeError('a defect');
  await expect(reportUserErrors(() => Promise.reject(defect))).rejects.toBe(defect);
  expect([logged, process.exitCode]).toEqual([[], undefined]);
});

test('a run without either is no failure', async () => {
  await reportUserErrors(() => undefined);
  expect([logged, process.exitCode]).toEqual([[], undefined]);
});
