import { inPod } from '../harness/functions';

const refusals = (script: string) =>
  inPod(
    'refusals.sh',
    `refuse() { for i in $(seq $1); do echo "peer=$2"; done >>refused; }
    seconds() { for i in $(seq $1); do refusals; done; }
    ${script}`,
  );

test('the first is said at once, with how often; the next after a minute', () => {
  expect(refusals('refuse 3 hero; seconds 1')).toEqual(['log: refused 3 times: peer=hero']);
  const once = 'refuse 1 hero; seconds 1; refuse 2 hero; seconds 1; refuse 5 hero;';
  expect(refusals(`${once} seconds 58`)).toEqual(['log: refused 1 times: peer=hero']);
  expect(refusals(`${once} seconds 59`)).toEqual([
    'log: refused 1 times: peer=hero',
    'log: refused 7 times: peer=hero',
  ]);
  expect(refusals(`${once} seconds 59; refuse 1 yen; seconds 59`)).toHaveLength(2);
  expect(refusals(`${once} seconds 59; refuse 1 yen; seconds 60`)).toHaveLength(3);
});

test('after a quiet minute the next is said at once again', () => {
  expect(refusals('refuse 1 hero; seconds 70; refuse 1 yen; seconds 1')).toEqual([
    'log: refused 1 times: peer=hero',
    'log: refused 1 times: peer=yen',
  ]);
});

test('without a refusal nothing is said', () => {
  expect(refusals('seconds 3; refuse 1 hero; seconds 1; seconds 200')).toHaveLength(1);
});

test('twenty are named, those with the most first', () => {
  const many = refusals('for peer in $(seq 30); do refuse $peer $peer; done; seconds 1');
  expect(many).toHaveLength(20);
  expect(many[0]).toBe('log: refused 30 times: peer=30');
  expect(many.at(-1)).toBe('log: refused 11 times: peer=11');
});
