import { z } from 'zod';
import { hostName } from '../formats/host-name';
import { labelValue, qualifiedName } from '../formats/kubernetes-label';
import { following, type Rule } from '../formats/parse-result';
import { plainText } from '../formats/plain-text';
import { integer, keyed, mapping, text } from '../formats/fields';

/*
 * Settings that go into the pod as they are, in Kubernetes' own names and shapes (Kubernetes API
 * reference, PodSpec; kubernetes.io, "Assigning Pods to Nodes"). They are checked here, since cdk8s
 * drops a key it does not know without a word.
 */

const orEmpty =
  (rule: Rule): Rule =>
  (value) =>
    value === '' ? undefined : rule(value);

/** A mapping from names to texts. */
function texts(parseKey: Rule, rule: Rule) {
  return keyed({ title: 'key', parse: following(parseKey) }, text(rule)).transform(
    (entries): Record<string, string> => Object.fromEntries(entries),
  );
}

const annotationKey: Rule = (key) =>
  key.startsWith('wireguard-endpoint/')
    ? 'has a prefix that the endpoint keeps for itself; choose another'
    : qualifiedName(key);

/** Annotations: what other programs read of an object. */
export const annotations = () => texts(annotationKey, orEmpty(plainText)).optional();

/** A condition on labels, or on fields of a node. */
function requirement<Operator extends string>(operators: readonly [Operator, ...Operator[]]) {
  return mapping({
    key: text(qualifiedName),
    operator: z.enum(operators),
    values: z.array(text(orEmpty(labelValue))).optional(),
  }).check(({ value: { operator, values = [] }, issues }) => {
    const message = valuesProblem(operator, values);
    if (message !== undefined)
      issues.push({ code: 'custom', message, input: values, path: ['values'] });
  });
}

function valuesProblem(operator: string, values: readonly string[]): string | undefined {
  switch (operator) {
    case 'Exists':
    case 'DoesNotExist':
      return values.length === 0 ? undefined : `must be left out with the operator ${operator}`;
    case 'Gt':
    case 'Lt':
      return values.length === 1 && /^\d+$/.test(values[0] ?? '')
        ? undefined
        : `must be one whole number with the operator ${operator}`;
    default:
      return values.length > 0
        ? undefined
        : `must hold at least one value with the operator ${operator}`;
  }
}

const nodeRequirement = requirement(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']);

const nodeTerm = mapping({
  matchExpressions: z.array(nodeRequirement).optional(),
  matchFields: z.array(nodeRequirement).optional(),
});

/** What selects pods or namespaces. */
export const labelSelector = mapping({
  matchLabels: texts(qualifiedName, orEmpty(labelValue)).optional(),
  matchExpressions: z.array(requirement(['In', 'NotIn', 'Exists', 'DoesNotExist'])).optional(),
});

const podTerm = mapping({
  labelSelector: labelSelector.optional(),
  namespaceSelector: labelSelector.optional(),
  namespaces: z.array(text(hostName)).optional(),
  topologyKey: text(qualifiedName),
});

const weight = integer(1, 100);

const podAffinity = mapping({
  requiredDuringSchedulingIgnoredDuringExecution: z.array(podTerm).optional(),
  preferredDuringSchedulingIgnoredDuringExecution: z
    .array(mapping({ weight, podAffinityTerm: podTerm }))
    .optional(),
});

const affinity = mapping({
  nodeAffinity: mapping({
    requiredDuringSchedulingIgnoredDuringExecution: mapping({
      nodeSelectorTerms: z
        .array(nodeTerm)
        .min(1, { error: 'must hold at least one term; or remove the key' }),
    }).optional(),
    preferredDuringSchedulingIgnoredDuringExecution: z
      .array(mapping({ weight, preference: nodeTerm }))
      .optional(),
  }).optional(),
  podAffinity: podAffinity.optional(),
  podAntiAffinity: podAffinity.optional(),
});

const toleration = mapping({
  key: text(qualifiedName).optional(),
  operator: z.enum(['Equal', 'Exists']).optional(),
  value: text(orEmpty(labelValue)).optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
  /** Seconds. */
  tolerationSeconds: z.int().optional(),
}).check(({ value: toleration, issues }) => {
  const { key, operator, value, effect, tolerationSeconds } = toleration;
  const at = (name: keyof typeof toleration, message: string) =>
    issues.push({ code: 'custom', message, input: toleration[name], path: [name] });
  if (key === undefined && operator !== 'Exists')
    at('operator', 'must be Exists where no key is given, which tolerates every taint');
  if (operator === 'Exists' && value !== undefined)
    at('value', 'must be left out with the operator Exists');
  if (tolerationSeconds !== undefined && effect !== 'NoExecute')
    at('tolerationSeconds', 'needs the effect NoExecute');
});

/** Where the pod may run, and what goes with it. */
export const podSettings = mapping({
  /** Annotations of the pod. A change replaces the pod, as that of every key here. */
  annotations: annotations(),
  /**
   * Labels a node must have.
   *
   * @example {"kubernetes.io/arch":"amd64"}
   */
  nodeSelector: texts(qualifiedName, orEmpty(labelValue)).optional(),
  /**
   * Taints of nodes that the pod puts up with.
   *
   * @example [{"key":"node-role.kubernetes.io/control-plane","operator":"Exists"}]
   */
  tolerations: z.array(toleration).optional(),
  /** Which nodes, and which other pods' nodes, to prefer or avoid: `nodeAffinity`, `podAffinity`, `podAntiAffinity`. */
  affinity: affinity.optional(),
  /**
   * The priority class, such as `system-cluster-critical`.
   *
   * @example system-cluster-critical
   */
  priorityClassName: text(hostName).optional(),
  /**
   * Secrets with the credentials of image registries.
   *
   * @example [{"name":"registry"}]
   */
  imagePullSecrets: z.array(mapping({ name: text(hostName) })).optional(),
});

/** As the manifest takes them. */
export type PodSettings = z.output<typeof podSettings>;
