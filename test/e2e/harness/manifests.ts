import type { k8s } from 'cdk8s-plus-28';
import { parseAllDocuments } from 'yaml';

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly data?: Record<string, string>;
  readonly spec?: unknown;
}

/** As much of a UDP Service as a node needs. */
export interface Service {
  readonly nodePort: number;
  readonly targetPort: number;
}

export function objects(manifests: string): Manifest[] {
  return parseAllDocuments(manifests).map((document) => document.toJS() as Manifest);
}

export function podOf(manifests: string): k8s.PodSpec {
  const { spec } = statefulSet(manifests).template;
  if (!spec) throw new Error('the StatefulSet has no pod');
  return spec;
}

export function replicasOf(manifests: string): number {
  return statefulSet(manifests).replicas ?? 1;
}

export function namespaceOf(manifests: string): string {
  return find(manifests, 'StatefulSet').metadata.namespace ?? 'default';
}

/** @throws when it would not lead to the pod */
export function serviceOf(manifests: string): Service {
  const { metadata, spec: given } = find(manifests, 'Service');
  const spec = given as k8s.ServiceSpec;
  const labels = statefulSet(manifests).template.metadata?.labels ?? {};
  const selector = Object.entries(spec.selector ?? {});
  if ((metadata.namespace ?? 'default') !== namespaceOf(manifests))
    throw new Error('the Service is in another namespace than the pod');
  if (selector.length === 0 || selector.some(([label, value]) => labels[label] !== value))
    throw new Error('the Service selects other pods');
  const port = spec.ports?.find(({ protocol }) => protocol === 'UDP');
  if (port?.nodePort === undefined) throw new Error('the Service names no node port');
  const { nodePort, port: own, targetPort } = port;
  return { nodePort, targetPort: Number(targetPort ?? own) };
}

function statefulSet(manifests: string): k8s.StatefulSetSpec {
  return find(manifests, 'StatefulSet').spec as k8s.StatefulSetSpec;
}

function find(manifests: string, kind: string): Manifest {
  const found = objects(manifests).find((object) => object.kind === kind);
  if (!found) throw new Error(`no ${kind} in the manifests`);
  return found;
}
