import { z } from 'zod';
import { parseNetwork } from '../formats/address';
import { qualifiedName } from '../formats/kubernetes-label';
import { integer, mapping, parsed, text } from '../formats/fields';
import { annotations } from './pod-settings';

/** The UDP Service, in Kubernetes' own names (Kubernetes API reference, ServiceSpec). */
export const serviceSettings = mapping({
  /** NodePort or LoadBalancer. */
  type: z.enum(['NodePort', 'LoadBalancer']).default('NodePort'),
  /** Cluster: every node answers. Local: only nodes with a pod do, and peers keep their source address. */
  externalTrafficPolicy: z.enum(['Cluster', 'Local']).default('Cluster'),
  /**
   * Annotations, which load balancers read their settings from.
   *
   * @example {"metallb.io/address-pool":"vpn"}
   */
  annotations: annotations(),
  /**
   * Which load balancer serves it, where there are several. Kubernetes never lets it change.
   *
   * @example service.k8s.aws/nlb
   */
  loadBalancerClass: text(qualifiedName).optional(),
  /**
   * The only networks the load balancer lets in.
   *
   * @example ["192.0.2.0/24"]
   */
  loadBalancerSourceRanges: z.array(parsed(parseNetwork)).optional(),
  /**
   * SingleStack, PreferDualStack or RequireDualStack. Some load balancers assign nothing to a
   * dual-stack Service from a pool of one family: SingleStack helps.
   */
  ipFamilyPolicy: z
    .enum(['SingleStack', 'PreferDualStack', 'RequireDualStack'])
    .default('PreferDualStack'),
  /** The families, the first one first. Left out: the cluster's. */
  ipFamilies: z
    .array(z.enum(['IPv4', 'IPv6']))
    .min(1)
    .max(2)
    .optional(),
  /**
   * A TCP port of the pod and the Service that answers while a proxy worker does, over IPv4: for load
   * balancers, which cannot check UDP.
   *
   * @example 8342
   */
  healthPort: integer(1, 65535).optional(),
})
  .check(({ value, issues }) => {
    if (value.type !== 'LoadBalancer')
      for (const key of ['loadBalancerClass', 'loadBalancerSourceRanges'] as const) {
        if (value[key] === undefined) continue;
        const message = 'needs the type LoadBalancer; set it or remove the key';
        issues.push({ code: 'custom', message, input: value[key], path: [key] });
      }
    const { ipFamilies = [], ipFamilyPolicy } = value;
    if (ipFamilies.length > 1 && ipFamilyPolicy === 'SingleStack') {
      const message = 'must be one family with ipFamilyPolicy SingleStack';
      issues.push({ code: 'custom', message, input: ipFamilies, path: ['ipFamilies'] });
    }
    if (ipFamilies.length > new Set(ipFamilies).size) {
      const message = 'is in the list already; remove one';
      issues.push({ code: 'custom', message, input: ipFamilies[1], path: ['ipFamilies', 1] });
    }
  })
  .prefault({});
