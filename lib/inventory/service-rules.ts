import { overlaps, readNetwork, type Range } from './address';
import { readDestination, type Destination } from './destination';
import { quote } from '../printable';
import type { Fault } from './fault';
import { asText, entries, field, items, texts } from './lenient';
import { suggest } from './suggest';

/** One entry of `services` as far as it can be read. */
export interface ServiceDraft {
  readonly offset: string;
  readonly path: readonly (string | number)[];
  readonly entry: unknown;
  readonly dest?: Destination;
}

/** The entries of `services`, and what is wrong with their destinations. */
export function readServices(
  input: unknown,
  clusterDomain: string,
): { drafts: ServiceDraft[]; faults: Fault[] } {
  const faults: Fault[] = [];
  const drafts = entries(field(input, 'services')).flatMap(([offset, list]) =>
    items(list).map((entry, index): ServiceDraft => {
      const path = ['services', offset, index];
      const value = asText(field(entry, 'dest'));
      if (value === undefined) return { offset, path, entry };
      const reading = readDestination(value, clusterDomain);
      if ('dest' in reading) return { offset, path, entry, dest: reading.dest };
      faults.push({ path: [...path, 'dest'], on: 'value', value, message: reading.problem });
      return { offset, path, entry };
    }),
  );
  return { drafts, faults };
}

/** What services must be to the network, the peers and each other. */
export function serviceFaults(
  input: unknown,
  drafts: readonly ServiceDraft[],
  endpointPort: unknown,
): Fault[] {
  const network = readNetwork(asText(field(input, 'network')) ?? '').range;
  const offsets = entries(field(input, 'services')).map(([offset]) => offset);
  const peerNames = new Set(
    entries(field(input, 'peers')).map(([, peer]) => asText(field(peer, 'name')) ?? ''),
  );
  return [
    ...offsets.flatMap((offset) => offsetFaults(offset, network)),
    ...drafts.flatMap((draft) => destinationFaults(draft, network)),
    ...drafts.flatMap((draft) => peerListFaults(draft, peerNames)),
    ...drafts.flatMap((draft) => udpFaults(draft, endpointPort)),
    ...listenerFaults(drafts),
  ];
}

function offsetFaults(offset: string, network: Range | undefined): Fault[] {
  const fault = (message: string): Fault[] => [
    { path: ['services', offset], on: 'key', value: offset, message },
  ];
  if (!/^(?:0|[1-9]\d*)$/.test(offset))
    return fault('must be an offset into the network: a whole number from 0');
  if (!Number.isSafeInteger(Number(offset)))
    return fault(`is too large an offset; ${Number.MAX_SAFE_INTEGER} is the largest`);
  if (network === undefined) return [];
  const last = network.last - network.first;
  if (BigInt(offset) <= last) return [];
  return fault(
    `is outside the network ${network.text}, whose offsets are 0 to ${last}; choose one of them or widen the network`,
  );
}

function destinationFaults(
  { path, entry, dest }: ServiceDraft,
  network: Range | undefined,
): Fault[] {
  if (dest?.address === undefined || network === undefined) return [];
  if (!overlaps(dest.address, network)) return [];
  const message = `leads back into the network ${network.text}; give the service behind it`;
  return [{ path: [...path, 'dest'], on: 'value', value: field(entry, 'dest'), message }];
}

function peerListFaults({ path, entry }: ServiceDraft, names: ReadonlySet<string>): Fault[] {
  const seen = new Set<string>();
  return texts(field(entry, 'peers')).flatMap(([index, value]): Fault[] => {
    const fault = (message: string): Fault[] => [
      { path: [...path, 'peers', index], on: 'value', value, message },
    ];
    if (!names.has(value)) return fault(`is no peer's name${suggest(value, names)}`);
    if (seen.has(value)) return fault('is in the list already; remove one');
    seen.add(value);
    return [];
  });
}

function udpFaults({ path, entry }: ServiceDraft, endpointPort: unknown): Fault[] {
  if (field(entry, 'protocol') !== 'udp') return [];
  const faults: Fault[] = [];
  const at = (key: string, message: string): void => {
    faults.push({ path: [...path, key], on: 'value', value: field(entry, key), message });
  };
  if (field(entry, 'proxyProtocol') === true)
    at('proxyProtocol', 'needs tcp, as PROXY protocol version 1 knows nothing else; remove it');
  if (field(entry, 'port') === endpointPort)
    at(
      'port',
      "is the endpoint's own UDP port, which WireGuard holds on every address; change one",
    );
  return faults;
}

function listenerFaults(drafts: readonly ServiceDraft[]): Fault[] {
  const listeners = new Map<string, unknown>();
  return drafts.flatMap(({ offset, path, entry }): Fault[] => {
    const port = field(entry, 'port');
    if (typeof port !== 'number') return [];
    const protocol = field(entry, 'protocol') === 'udp' ? 'udp' : 'tcp';
    const listener = `${offset} ${protocol} ${port}`;
    if (!listeners.has(listener)) {
      listeners.set(listener, field(entry, 'name'));
      return [];
    }
    const holder = asText(listeners.get(listener));
    const message = `is taken by ${holder === undefined ? 'another service' : quote(holder)} at the same offset and protocol; change the port or the offset`;
    return [{ path: [...path, 'port'], on: 'value', value: port, message }];
  });
}
