import { UserError } from './errors';
import { quote } from './printable';
import { suggest } from './suggest';

/**
 * The items of the given names, in their own order; all of them when no name is given.
 * @throws UserError naming an unknown one and those there are
 */
export function select<T>(
  what: string,
  names: readonly string[],
  items: readonly T[],
  nameOf: (item: T) => string,
): T[] {
  const known = items.map(nameOf);
  const problems = names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const there = known.length === 0 ? 'There is none.' : `There are: ${known.join(', ')}`;
      const meant = suggest(name, known);
      return `unknown ${what} ${quote(name)}${meant === '' ? '.' : meant} ${there}`;
    });
  if (problems.length > 0) throw new UserError(problems);
  return names.length === 0 ? [...items] : items.filter((item) => names.includes(nameOf(item)));
}
