import { z } from 'zod';
import { overlaps, parseCidr, range, type Range } from '../formats/address';
import { LABEL } from '../formats/host-name';
import { integer, mapping, text } from '../formats/fields';
import { problemText } from '../formats/parse-result';
import { labelSelector } from './pod-settings';

/*
 * Rules of a NetworkPolicy in Kubernetes' own words (kubernetes.io, NetworkPolicyEgressRule v1): they
 * are handed on as they are written. What Kubernetes takes for "everything" without a word (a rule, a
 * list or a peer that is empty) is refused: it would undo the policy.
 */

const cidr = () => text(cidrProblem);

function cidrProblem(given: string): string | undefined {
  const result = parseCidr(given);
  return 'problem' in result ? problemText(result) : undefined;
}

/** Whether a CIDR is a part of another and not all of it. */
function isWithin(part: string, whole: string): boolean {
  const [inner, outer] = [range(part), range(whole)];
  const size = ({ first, last }: Range) => last - first;
  // Of two CIDRs that overlap, one holds the other.
  return overlaps(inner, outer) && size(inner) < size(outer);
}

const peer = mapping({
  /** Addresses that are no pod's. */
  ipBlock: mapping({
    /** A CIDR. */
    cidr: cidr(),
    /** CIDRs in it that are left out. */
    except: z.array(cidr()).optional(),
  })
    .check(({ value, issues }) => {
      for (const [index, part] of (value.except ?? []).entries()) {
        if (isWithin(part, value.cidr)) continue;
        const message = `is no part of ${value.cidr}; leave it out`;
        issues.push({ code: 'custom', message, input: part, path: ['except', index] });
      }
    })
    .optional(),
  /** Pods of these namespaces. */
  namespaceSelector: labelSelector.optional(),
  /** Pods of these namespaces, or of the endpoint's own, that carry these labels. */
  podSelector: labelSelector.optional(),
}).check(({ value: { ipBlock, namespaceSelector, podSelector }, issues }) => {
  const selects = namespaceSelector !== undefined || podSelector !== undefined;
  if ((ipBlock !== undefined) !== selects) return;
  const message = selects
    ? 'has both ipBlock and a selector; write two entries'
    : 'says nothing; write ipBlock, namespaceSelector or podSelector';
  issues.push({ code: 'custom', message, input: undefined });
});

/** A port's name in a pod (IANA_SVC_NAME, RFC 6335, as Kubernetes checks it). */
const portName = (given: string) =>
  given.length <= 15 && LABEL.test(given) && /[a-z]/.test(given) && !given.includes('--')
    ? undefined
    : 'must be a port of 1 to 65535, or the name a pod gives one';

const port = mapping({
  /** TCP, where nothing is said. */
  protocol: z.enum(['TCP', 'UDP', 'SCTP']).optional(),
  /** Its number, or the name a pod gives it. */
  port: z
    .union([integer(1, 65535), text(portName)], {
      error: 'must be a port of 1 to 65535, or the name a pod gives one',
    })
    .optional(),
  /** The last of a range of ports. */
  endPort: integer(1, 65535).optional(),
}).check(({ value: { port: first, endPort }, issues }) => {
  if (endPort === undefined || (typeof first === 'number' && first <= endPort)) return;
  issues.push({
    code: 'custom',
    message: 'must not be less than port, which is a number',
    input: endPort,
    path: ['endPort'],
  });
});

const NOT_EMPTY = 'is empty, which to Kubernetes means everything; leave it out or fill it';

/** A rule by which more may leave the pod than the destinations. */
export const egressRule = mapping({
  /** Where packets end, one of these; left out: anywhere. A policy sees no ClusterIP. */
  to: z.array(peer).min(1, { error: NOT_EMPTY }).optional(),
  /** Ports there, one of these; left out: all. */
  ports: z.array(port).min(1, { error: NOT_EMPTY }).optional(),
}).check(({ value: { to, ports }, issues }) => {
  if (to !== undefined || ports !== undefined) return;
  issues.push({ code: 'custom', message: 'lets everything out; write to or ports', input: {} });
});
