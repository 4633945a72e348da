import { UserError } from '../lib/errors';
import { select } from '../lib/select';

const peers = [{ name: 'hero' }, { name: 'yen' }, { name: 'ben' }];
const chosen = (names: readonly string[], items = peers) =>
  select('peer', names, items, ({ name }) => name).map(({ name }) => name);

test('no names, all items, in a list of its own', () => {
  expect(chosen([])).toEqual(['hero', 'yen', 'ben']);
  expect(select('peer', [], peers, ({ name }) => name)).not.toBe(peers);
});

test('the items named, in their own order and once', () => {
  expect(chosen(['ben', 'hero', 'ben'])).toEqual(['hero', 'ben']);
});

test('each unknown name is told, with what there is', () => {
  expect(() => chosen(['heroe', 'yen', 'x\u001b'])).toThrow(
    new UserError([
      'unknown peer "heroe"; did you mean "hero"? There are: hero, yen, ben',
      String.raw`unknown peer "x\u001b". There are: hero, yen, ben`,
    ]),
  );
  expect(() => chosen(['a'], [])).toThrow(new UserError('unknown peer "a". There is none.'));
});
