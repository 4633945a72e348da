import { isDeepStrictEqual } from 'node:util';
import { ApiObject } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Inventory } from '../inventory/inventory';
import { selectorLabels } from './labels';
import { NAME } from '../names';

/** Name of the policy for what the change before let out. */
export const POLICY_BEFORE = `${NAME}-before`;

/** Egress rules as a manifest has them. */
export type EgressRules = readonly Readonly<Record<string, unknown>>[];

/** What the endpoint's two policies let out as they were last committed. */
export interface CommittedEgress {
  readonly now: EgressRules;
  readonly before: EgressRules;
}

/**
 * A policy is in force when it is applied, the pod's files up to 90 s later, when the kubelet has
 * handed them over. Until then connections go where they went before: a second policy lets them, and
 * stays until the next change. The same commit gives the same rules.
 */
export function policyBefore(
  scope: Construct,
  inventory: Inventory,
  policy: k8s.KubeNetworkPolicy | undefined,
  committed: CommittedEgress | undefined,
): ApiObject | undefined {
  if (policy === undefined || committed === undefined) return undefined;
  const { spec } = policy.toJson() as { spec: { egress: EgressRules } };
  const before = isDeepStrictEqual(spec.egress, committed.now)
    ? committed.before
    : committed.now.filter((rule) => !spec.egress.some((kept) => isDeepStrictEqual(kept, rule)));
  if (before.length === 0) return undefined;
  return new ApiObject(scope, 'policy-before', {
    apiVersion: policy.apiVersion,
    kind: policy.kind,
    metadata: { name: POLICY_BEFORE, namespace: inventory.namespace },
    spec: {
      podSelector: { matchLabels: selectorLabels(inventory) },
      policyTypes: ['Egress'],
      egress: before,
    },
  });
}
