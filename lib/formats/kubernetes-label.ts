import { isHostName } from './host-name';
import type { Rule } from './parse-result';

const NAME = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** A label's or an annotation's key (kubernetes.io, "Labels and Selectors", "Syntax"). */
export const qualifiedName: Rule = (text) => {
  const [name = '', prefix, ...more] = text.split('/').reverse();
  return NAME.test(name) && more.length === 0 && (prefix === undefined || isHostName(prefix))
    ? undefined
    : 'must be a label key: up to 63 of A-Z, a-z, 0-9, -, _ and ., perhaps after a domain and /';
};

/** The key of a label we give, except those Kubernetes keeps for itself. */
export const labelKey: Rule = (text) => {
  const problem = qualifiedName(text);
  if (problem !== undefined) return problem;
  const [prefix] = text.split('/');
  return text.includes('/') &&
    prefix !== 'app.kubernetes.io' &&
    /(?:^|\.)(?:kubernetes|k8s)\.io$/.test(prefix ?? '')
    ? 'has a prefix that Kubernetes keeps for itself; use app or app.kubernetes.io/name'
    : undefined;
};

/** A label's value, which here must not be empty. */
export const labelValue: Rule = (text) =>
  NAME.test(text)
    ? undefined
    : 'must be a label value: 1 to 63 of A-Z, a-z, 0-9, -, _ and ., starting and ending with a letter or digit';
