import type { k8s } from 'cdk8s-plus-28';
import { myth } from '../an-inventory';
import { type Manifest, synthesize } from './synthesized';

type Labels = Readonly<Record<string, string>>;

interface TestPod {
  readonly namespace: string;
  readonly labels: Labels;
}

const endpoint = { namespace: 'wireguard', labels: { app: 'wireguard' } };
const database = { namespace: 'postgresql', labels: { app: 'postgresql' } };

/** Labels of the namespaces, with the one the API server sets itself. */
function namespaceLabels(namespace: string, more: Labels): Labels {
  return { ...more, 'kubernetes.io/metadata.name': namespace };
}

let manifests: Manifest[];
beforeAll(() => {
  manifests = synthesize(myth());
});

const matches = (selector: k8s.LabelSelector | undefined, labels: Labels) =>
  selector === undefined ||
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);

/** Whether the policies let one pod connect to another, as Kubernetes decides it. */
function may(from: TestPod, to: TestPod, labelsOfFrom: Labels = { app: from.namespace }): boolean {
  const policies = manifests
    .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.namespace === to.namespace)
    .map(({ spec }) => spec as k8s.NetworkPolicySpec)
    .filter(({ podSelector }) => matches(podSelector, to.labels));
  if (policies.length === 0) return true;
  return policies.some(({ ingress }) =>
    (ingress ?? []).some((rule) =>
      (rule.from ?? []).some(
        ({ namespaceSelector, podSelector }) =>
          matches(namespaceSelector, namespaceLabels(from.namespace, labelsOfFrom)) &&
          (namespaceSelector !== undefined || from.namespace === to.namespace) &&
          matches(podSelector, from.labels),
      ),
    ),
  );
}

test('the endpoint reaches a pod in postgresql', () => {
  expect(may(endpoint, database)).toBe(true);
});

test('another pod of the endpoint’s namespace does not', () => {
  expect(may({ namespace: 'wireguard', labels: { app: 'debug' } }, database)).toBe(false);
});

test('a pod labelled like the endpoint in another namespace does not', () => {
  expect(may({ namespace: 'web', labels: { app: 'wireguard' } }, database)).toBe(false);
});

test('nor when somebody labels that namespace like the endpoint’s', () => {
  const pod = { namespace: 'web', labels: { app: 'wireguard' } };
  expect(may(pod, database, { app: 'wireguard' })).toBe(false);
});

test('a pod of postgresql itself does not by this policy', () => {
  expect(may(database, database)).toBe(false);
});

test('namespaces that are not listed stay open', () => {
  expect(may({ namespace: 'web', labels: {} }, { namespace: 'default', labels: {} })).toBe(true);
});

test('without a list there is no policy', () => {
  const kinds = synthesize(myth({ networkPolicies: [] })).map(({ kind }) => kind);
  expect(kinds).not.toContain('NetworkPolicy');
});
