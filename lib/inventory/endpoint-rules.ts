import { quote } from '../printable';
import type { Fault } from './fault';
import { labelKey } from './grammar';
import { asText, entries, field, texts } from './lenient';
import { defaultResources, quantity } from './resources';
import type { ServiceDraft } from './service-rules';
import { suggest } from './suggest';

/** What the endpoint's namespace, labels and resources must be. */
export function endpointFaults(input: unknown): Fault[] {
  const faults: Fault[] = [];
  const namespace = asText(field(input, 'namespace'));
  if (namespace === 'default' || namespace?.startsWith('kube-') === true)
    faults.push({
      path: ['namespace'],
      on: 'value',
      value: namespace,
      message: 'is a namespace of the cluster itself; give the endpoint its own, such as wireguard',
    });
  const labels = field(input, 'labels');
  for (const [key] of entries(labels)) {
    const message = labelKey(key);
    if (message !== undefined)
      faults.push({ path: ['labels', key], on: 'key', value: key, message });
  }
  if (labels !== undefined && typeof labels === 'object' && entries(labels).length === 0)
    faults.push({
      path: ['labels'],
      on: 'value',
      value: undefined,
      message:
        'must hold at least one label, or every pod would be selected; write { app: wireguard }',
    });
  return [...faults, ...resourceFaults(input)];
}

/** The API server refuses a limit below the request, which may be a default. */
function resourceFaults(input: unknown): Fault[] {
  return Object.entries(defaultResources).flatMap(([container, defaults]) =>
    (['cpu', 'memory'] as const).flatMap((kind): Fault[] => {
      const given = field(field(input, 'resources'), container);
      const limit = asText(field(field(given, 'limits'), kind));
      const request = asText(field(field(given, 'requests'), kind)) ?? defaults.requests[kind];
      if ((quantity(limit ?? '') ?? Infinity) >= (quantity(request) ?? 0)) return [];
      const path = ['resources', container, 'limits', kind];
      const message = `is less than the request, ${quote(request)}; raise it or lower requests.${kind}`;
      return [{ path, on: 'value', value: limit, message }];
    }),
  );
}

/** A policy shuts everyone else out of its namespace, so each must be one a service leads to. */
export function policyFaults(
  input: unknown,
  services: readonly ServiceDraft[],
  ownNamespace: string,
): Fault[] {
  const reached = new Set(services.flatMap(({ dest }) => dest?.namespace ?? []));
  const seen = new Set<string>();
  return texts(field(input, 'networkPolicies')).flatMap(([index, value]): Fault[] => {
    const message = policyProblem(value, reached, seen, ownNamespace);
    seen.add(value);
    return message === undefined
      ? []
      : [{ path: ['networkPolicies', index], on: 'value', value, message }];
  });
}

function policyProblem(
  namespace: string,
  reached: ReadonlySet<string>,
  seen: ReadonlySet<string>,
  ownNamespace: string,
): string | undefined {
  if (namespace === 'default')
    return 'would cut off the namespace default, and the API server is no pod that a policy could let through; remove it';
  if (namespace === ownNamespace)
    return "is the endpoint's own namespace, and would be closed to its clients; remove it";
  if (seen.has(namespace)) return 'is in the list already; remove one';
  if (!reached.has(namespace))
    return `is no namespace a service leads to${suggest(namespace, reached) || '; remove it'}`;
  return undefined;
}

/** What the DNS record must be, whole names taken together. */
export function dnsFaults(input: unknown, services: readonly ServiceDraft[]): Fault[] {
  const dns = field(input, 'dns');
  const [zone, name, target] = ['zone', 'name', 'target'].map((key) => asText(field(dns, key)));
  if (zone === undefined || name === undefined) return [];
  const faults: Fault[] = [];
  const at = (key: string, message: string): void => {
    faults.push({ path: ['dns', key], on: 'value', value: field(dns, key), message });
  };
  const record = `${name}.${zone}`;
  if (name === zone || name.endsWith(`.${zone}`))
    at(
      'name',
      `repeats the zone; write ${name === zone ? 'a name below it' : quote(name.slice(0, -zone.length - 1))}`,
    );
  if (record.length > 253)
    at('name', `makes a record of ${record.length} characters; 253 is the limit`);
  if (target === record)
    at('target', 'is the record itself; give the name that leads to the nodes');
  return field(dns, 'services') === true
    ? [...faults, ...serviceRecordFaults(record, target, services)]
    : faults;
}

/** With `dns.services` a name stands for one address. */
function serviceRecordFaults(
  record: string,
  target: string | undefined,
  services: readonly ServiceDraft[],
): Fault[] {
  const offsets = new Map<string, string>();
  return services.flatMap(({ offset, path, entry }): Fault[] => {
    const name = asText(field(entry, 'name'));
    if (name === undefined) return [];
    const fault = (message: string): Fault[] => [
      { path: [...path, 'name'], on: 'value', value: name, message },
    ];
    const holder = offsets.get(name) ?? offset;
    offsets.set(name, holder);
    if (holder !== offset)
      return fault(
        `is at offset ${quote(holder)} too, and dns.services gives a name one address; rename one`,
      );
    if (`${name}.${record}` === target)
      return fault('would take the place of dns.target; rename it');
    if (name.length + 1 + record.length > 253)
      return fault(`makes a DNS name longer than 253 characters; shorten it or dns.name`);
    return [];
  });
}
