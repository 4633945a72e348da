import { labelKey, labelValue, qualifiedName } from '../../lib/formats/kubernetes-label';
import { tryRule } from './rules';

const KEY =
  'must be a label key: up to 63 of A-Z, a-z, 0-9, -, _ and ., perhaps after a domain and /';
const KEPT = 'has a prefix that Kubernetes keeps for itself; use app or app.kubernetes.io/name';
const LONG = 'a'.repeat(63);

describe('a qualified name', () => {
  tryRule(qualifiedName, {
    right: ['a', 'A.b_c-9', LONG, 'example.org/a', `example.org/${LONG}`, 'node.kubernetes.io/x'],
    wrong: {
      '': KEY,
      [`${LONG}a`]: KEY,
      '-a': KEY,
      'a-': KEY,
      '/a': KEY,
      'a/': KEY,
      'Example.org/a': KEY,
      'a/b/c': KEY,
      'a b': KEY,
    },
  });
});

describe('a label’s key', () => {
  tryRule(labelKey, {
    right: ['app', 'kubernetes.io', 'app.kubernetes.io/name', 'example.org/a', 'mykubernetes.io/a'],
    wrong: {
      'kubernetes.io/a': KEPT,
      'k8s.io/a': KEPT,
      'node.kubernetes.io/a': KEPT,
      'x.k8s.io/a': KEPT,
      'my.app.kubernetes.io/a': KEPT,
      'a/b/c': KEY,
    },
  });
  test('may end in a domain that only begins so', () => {
    expect(labelKey('kubernetes.io.example.org/a')).toBeUndefined();
    expect(labelKey('k8s-io/a')).toBeUndefined();
  });
});

describe('a label’s value', () => {
  const rule =
    'must be a label value: 1 to 63 of A-Z, a-z, 0-9, -, _ and ., starting and ending with a letter or digit';
  tryRule(labelValue, {
    right: ['a', '0', 'A.b_c-9', LONG],
    wrong: { '': rule, '.a': rule, 'a.': rule, [`${LONG}a`]: rule, 'a/b': rule, 'a\n': rule },
  });
});
