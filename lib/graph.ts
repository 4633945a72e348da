import { hostPort } from './formats/address';
import type { Inventory, Peer, Service } from './inventory/inventory';

/**
 * The inventory as a Mermaid flowchart (mermaid.js.org, "Flowcharts"): who reaches which address,
 * and where that leads. A service open to every peer has one arrow, from the box of the peers.
 */
export function graph(inventory: Inventory): string {
  const { peers, services } = inventory;
  const peerIds = new Map(peers.map(({ name }, index) => [name, `peer${index}`]));
  const targets = findTargets(inventory);
  const places = [...new Set([...targets.values()].map(({ place }) => place))];
  return [
    'flowchart LR',
    ...box('peers', 'peers', peers.map(peerNode)),
    ...box(
      'endpoint',
      `${inventory.cluster}, ${inventory.network.text}`,
      services.map(serviceNode),
    ),
    ...places.flatMap((place, index) => {
      const here = [...targets.values()].filter((target) => target.place === place);
      return box(
        `place${index}`,
        place,
        here.map(({ id, label }) => node(id, label)),
      );
    }),
    ...services.flatMap((service, index) => [
      ...(service.peers?.map(({ name }) => peerIds.get(name)) ?? ['peers']).map(
        (source) => `  ${source ?? ''} --> service${index}`,
      ),
      `  service${index} --> ${targets.get(destination(service))?.id ?? ''}`,
    ]),
    '',
  ].join('\n');
}

/** What one or more services lead to. */
interface Target {
  readonly id: string;
  readonly label: string;
  readonly place: string;
}

function findTargets(inventory: Inventory): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>();
  for (const service of inventory.services) {
    if (targets.has(destination(service))) continue;
    const { host, port, namespace } = service.dest;
    const [name, place] =
      namespace === undefined
        ? [host, 'not in the cluster']
        : [host.slice(0, host.lastIndexOf(`.${namespace}.svc.`)), `namespace ${namespace}`];
    const id = `target${targets.size}`;
    targets.set(destination(service), { id, label: hostPort(name, port), place });
  }
  return targets;
}

function destination({ dest }: Service): string {
  return hostPort(dest.host, dest.port);
}

function peerNode({ name, address, allowedIPs }: Peer, index: number): string {
  const texts = [address, ...allowedIPs].map(({ text }) => text);
  return node(`peer${index}`, name, ...texts);
}

function serviceNode({ name, address, port, protocol }: Service, index: number): string {
  const listen = hostPort(address.text, port);
  return node(`service${index}`, name, protocol === 'udp' ? `${listen}/udp` : listen);
}

function node(id: string, ...lines: readonly string[]): string {
  return `${id}["${lines.join('<br/>')}"]`;
}

function box(id: string, title: string, nodes: readonly string[]): string[] {
  return [`  subgraph ${id}["${title}"]`, ...nodes.map((line) => `    ${line}`), '  end'];
}
