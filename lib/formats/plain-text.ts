import { printable } from '../printable';
import type { Rule } from './parse-result';

/** Text for a program that takes it as one argument: anything that is shown as it is. */
export const plainText: Rule = (text) => {
  if (text === '') return 'must not be empty';
  return printable(text) === text ? undefined : 'must not hold control characters';
};

/** The path of a file; {@link plainText}. */
export const filePath: Rule = (text) =>
  text.startsWith('~')
    ? 'begins with ~, which only a shell knows; write the whole path, or one relative to this file'
    : plainText(text);
