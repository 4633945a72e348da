import fc from 'fast-check';
import { anyCharacter } from '../any-character';
import { publicKey } from '../../lib/formats/wireguard-key';
import type { InventoryInput } from '../../lib/inventory/schema';

type PeerInput = InventoryInput['peers'][string];
type ServiceInput = InventoryInput['services'][string][number];

const label = fc.stringMatching(/^[a-z0-9](?:[-a-z0-9]{0,20}[a-z0-9])?$/);
const key = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) =>
    Buffer.from([...bytes.subarray(0, 31), (bytes[31] ?? 0) & 0x7f]).toString('base64'),
  )
  .filter((text) => publicKey(text) === undefined);
const port = fc.integer({ min: 1, max: 65535 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Whether a namespace is the endpoint's, where no destination may live. */
const isOwn = (space: string) => space === 'wireguard' || space.startsWith('own-');

const hostName = fc
  .array(label, { minLength: 1, maxLength: 3 })
  .map((labels) => [...labels, 'example', 'org'].join('.'));
const inCluster = fc
  .tuple(
    label,
    label.filter((space) => !isOwn(space)),
  )
  .map(([name, space]) => `${name}.${space}.svc.cluster.local`);
const dest = fc
  .tuple(fc.oneof(inCluster, hostName, fc.constantFrom('10.200.0.7', '[fd00:200::7]')), port)
  .map(([host, number]) => `${host}:${number}`);
const timeout = fc
  .tuple(
    ...[364, 23, 59].map((max) => fc.integer({ min: 0, max })),
    fc.integer({ min: 1, max: 59 }),
  )
  .map(([d, h, m, s]) => `${d ? `${d}d` : ''}${h ? `${h}h` : ''}${m ? `${m}m` : ''}${s ?? 1}s`);

/** Peers of both families, some of them routers; nothing of one overlaps anything of another. */
const peers = fc
  .uniqueArray(
    fc.record({
      slot: fc.nat(4095),
      name: label,
      pubkey: key,
      v6: fc.boolean(),
      router: fc.boolean(),
      psk: maybe(fc.boolean()),
    }),
    {
      maxLength: 6,
      selector: ({ slot }) => slot,
    },
  )
  .map((list) => {
    const names = new Set<string>();
    const keys = new Set<string>();
    return Object.fromEntries(
      list
        .filter(({ name, pubkey }) => {
          const fresh = !names.has(name) && !keys.has(pubkey);
          names.add(name);
          keys.add(pubkey);
          return fresh;
        })
        .map(({ slot, name, pubkey, v6, router, psk }): [string, PeerInput] => {
          const [high, low] = [slot >> 8, slot & 255];
          const allowedIPs = [
            `172.${16 + high}.${low}.0/24`,
            `fd00:9:${(slot + 1).toString(16)}::/48`,
          ];
          const address = v6 ? `fd00:2::${(slot + 1).toString(16)}` : `10.1.${high}.${low}`;
          return [
            address,
            { name, pubkey, ...(router && { allowedIPs }), ...(psk !== undefined && { psk }) },
          ];
        }),
    );
  });

function servicesFor(names: readonly string[]): fc.Arbitrary<InventoryInput['services']> {
  const service = fc.record(
    {
      name: label,
      dest,
      port,
      protocol: fc.constantFrom('tcp', 'udp'),
      peers: fc.subarray([...names]),
      timeout,
      proxyProtocol: fc.boolean(),
    },
    { requiredKeys: ['name', 'dest', 'port'], noNullPrototype: true },
  );
  const list = fc
    .uniqueArray(service, { minLength: 1, maxLength: 3, selector: ({ port: own }) => own })
    .map((entries): ServiceInput[] => entries.map(mendUdp));
  return fc.dictionary(fc.integer({ min: 0, max: 15 }).map(String), list, {
    maxKeys: 4,
    noNullPrototype: true,
  });
}

/** UDP has no PROXY protocol, and WireGuard has its port already. */
function mendUdp(service: ServiceInput): ServiceInput {
  if (service.protocol !== 'udp') return service;
  return { ...service, proxyProtocol: false, port: service.port === 342 ? 343 : service.port };
}

/** Inventories that must be accepted. */
export const accepted: fc.Arbitrary<InventoryInput> = peers.chain((chosen) =>
  fc.record(
    {
      network: fc.constantFrom('10.3.0.16/28', 'fd00:3::10/124'),
      peers: fc.constant(chosen),
      services: servicesFor(Object.values(chosen).map(({ name }) => name)),
      dns: fc.tuple(label, label).map(([zone, name]) => ({
        zone: `${zone}.example.com`,
        name,
        target: 'nodes.example.net',
      })),
      nodePort: port,
      namespace: label.map((name) => `own-${name}`),
      replicas: fc.integer({ min: 1, max: 10 }),
      mtu: fc.integer({ min: 1280, max: 65456 }),
      resolver: fc.subarray(['10.43.0.10', 'fd00:43::a']),
      connectionsPerPeer: fc.integer({ min: 1, max: 26_000 }),
      metrics: fc.boolean(),
      isolate: fc.boolean(),
      labels: fc.dictionary(fc.constantFrom('app', 'example.org/team'), label, {
        minKeys: 1,
        noNullPrototype: true,
      }),
      resources: fc.constantFrom('64Mi', '1G').map((memory) => ({ nginx: { limits: { memory } } })),
    },
    { requiredKeys: ['network', 'peers', 'services'], noNullPrototype: true },
  ),
);

/** What would mean something to nginx, wg, iproute2, a shell, YAML or a terminal, and what may pass. */
const fragments = [
  'a',
  'x1',
  '-y',
  '7',
  ';',
  '{',
  '}',
  '"',
  "'",
  '\\',
  '$',
  '$(id)',
  '`id`',
  '|',
  '&',
  '<',
  '#',
  ' ',
  '\t',
  '\n',
  '\r',
  '\0',
  '\u0085',
  '\u2028',
  '\u202e',
  '\ufeff',
  '../',
  '%',
  '*',
  '!',
  ': ',
  '- ',
  '\n[Peer]\n',
  '\nPrivateKey = ',
  '; deny all; #',
  '\nroute flush table main\n',
  '${backend}',
  '{{',
  'é',
  '１',
  '.',
  '-',
  ':',
  '/',
  '[',
  ']',
  '0',
  '__proto__',
  'constructor',
];

/** A text that was made hostile: a fragment put into it, or any text in its place. */
function spoiled(original: string): fc.Arbitrary<string> {
  const fragment = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...fragments) },
    fc.string({ unit: anyCharacter, maxLength: 8 }),
  );
  const inserted = fc
    .tuple(fragment, fc.nat(original.length))
    .map(([text, at]) => original.slice(0, at) + text + original.slice(at));
  return fc.oneof(
    { weight: 4, arbitrary: inserted },
    fc.string({ unit: anyCharacter, maxLength: 80 }),
  );
}

type Step = string | number;

/** An accepted inventory in which one text, as a value or a key, was spoiled. */
export const withAnyText: fc.Arbitrary<unknown> = accepted.chain((input) =>
  fc
    .constantFrom(...places(input))
    .chain(({ path, text, on }) =>
      spoiled(text).map((fresh) =>
        replaced(input, path, on === 'key' ? { key: fresh } : { value: fresh }),
      ),
    ),
);

/** An accepted inventory in which one value of any kind was replaced by one of any kind. */
export const withAnyValue: fc.Arbitrary<unknown> = accepted.chain((input) =>
  fc
    .tuple(
      fc.constantFrom(...places(input)),
      fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true }),
    )
    .chain(([{ path }, value]) =>
      fc.nat(path.length).map((depth) => replaced(input, path.slice(0, depth), { value })),
    ),
);

interface Place {
  readonly path: readonly Step[];
  readonly on: 'key' | 'value';
  readonly text: string;
}

/** Every scalar and every key of an input. */
function places(value: unknown, path: readonly Step[] = []): Place[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => places(item, [...path, index]));
  if (typeof value !== 'object' || value === null)
    return [{ path, on: 'value', text: String(value) }];
  return Object.entries(value).flatMap(([key, inner]) => [
    { path: [...path, key], on: 'key' as const, text: key },
    ...places(inner, [...path, key]),
  ]);
}

function replaced(
  value: unknown,
  [step, ...rest]: readonly Step[],
  change: { readonly key: string } | { readonly value: unknown },
): unknown {
  if (step === undefined) return 'value' in change ? change.value : value;
  if (Array.isArray(value))
    return value.map((item: unknown, index) =>
      index === step ? replaced(item, rest, change) : item,
    );
  return Object.fromEntries(
    Object.entries(value as object).map(([key, inner]) => {
      if (key !== step) return [key, inner];
      return rest.length === 0 && 'key' in change
        ? [change.key, inner]
        : [key, replaced(inner, rest, change)];
    }),
  );
}
