import { imageReference } from '../../lib/formats/image-reference';
import { tryRule } from './rules';

const RULE =
  'must be an image reference such as alpine:3.24.1 or registry.example.org/wg:1@sha256:…';
const DIGEST = `@sha256:${'0a'.repeat(32)}`;

tryRule(imageReference, {
  right: [
    'alpine',
    'alpine:3.24.1',
    'library/alpine',
    'a/b/c',
    'a.b_c__d-e--f/g',
    'registry.example.org/wg',
    'registry.example.org:5000/wg:1',
    'Localhost/wg',
    'a-b.C-d/wg',
    `alpine${DIGEST}`,
    `registry.example.org/wg:1${DIGEST}`,
    `a:${'t'.repeat(128)}`,
    'a:_tag.x-1',
    'a'.repeat(512),
  ],
  wrong: {
    '': RULE,
    ' ': RULE,
    ' alpine': `${RULE}; write alpine`,
    'alpine\n': `${RULE}; write alpine`,
    'al pine': RULE,
    Alpine: RULE,
    'alpine:': RULE,
    'alpine:-a': RULE,
    a___b: RULE,
    'a..b': RULE,
    '-a': RULE,
    'a-': RULE,
    'a/': RULE,
    '/a': RULE,
    'a/Bc': RULE,
    'a.:5/b': RULE,
    '-a.b:5/c': RULE,
    'a:123456/b': RULE,
    'a:x/b': RULE,
    [`a${DIGEST}0`]: RULE,
    [`a${DIGEST.slice(0, -1)}`]: RULE,
    [`a@sha512:${'0a'.repeat(32)}`]: RULE,
    [`a${DIGEST.toUpperCase()}`]: RULE,
    [`a:${'t'.repeat(129)}`]: RULE,
    ['a'.repeat(513)]: RULE,
    a$b: RULE,
  },
});
