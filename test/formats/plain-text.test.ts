import { filePath, plainText } from '../../lib/formats/plain-text';
import { tryRule } from './rules';

describe('plain text', () => {
  tryRule(plainText, {
    right: ['a', ' ', 'admin@myth', '"$x"; é'],
    wrong: {
      '': 'must not be empty',
      'a\n': 'must not hold control characters',
      '\u001b[2J': 'must not hold control characters',
      '\u202e': 'must not hold control characters',
    },
  });
});

describe('a path', () => {
  const home =
    'begins with ~, which only a shell knows; write the whole path, or one relative to this file';
  tryRule(filePath, {
    right: ['/a', 'a~', '../a b'],
    wrong: {
      '~/a': home,
      '~': home,
      '': 'must not be empty',
      '/\t': 'must not hold control characters',
    },
  });
});
