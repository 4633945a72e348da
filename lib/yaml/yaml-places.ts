import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';

/** Keys of mappings and positions in lists, from the top. */
export type Path = readonly (string | number)[];

/** Where a value stands in a text, and how it is written there if it is no text itself. */
export interface Place {
  readonly offset: number;
  readonly source?: string;
}

/** Finds a value, or the key it stands under; of something missing, the mapping it is missing from. */
export type Locate = (path: Path, on: 'key' | 'value') => Place;

/** A {@link Locate} for a document without issues; each mapping is indexed once. */
export function locator(document: Document.Parsed): Locate {
  const indexes = new WeakMap<YAMLMap, Map<string, Pair>>();
  const pairOf = (map: YAMLMap, key: string): Pair | undefined => {
    let index = indexes.get(map);
    if (index === undefined) {
      index = new Map(map.items.map((pair) => [keyText(pair), pair]));
      indexes.set(map, index);
    }
    return index.get(key);
  };
  const resolved = (node: unknown): Node | undefined =>
    isNode(node) ? ('resolve' in node ? node.resolve(document) : node) : undefined;

  return (path, on) => {
    let node: unknown = document.contents;
    let at = offsetOf(node) ?? 0;
    for (const [index, step] of path.entries()) {
      const parent = resolved(node);
      const pair = isMap(parent) ? pairOf(parent, String(step)) : undefined;
      node = isSeq(parent) ? parent.items[Number(step)] : pair?.value;
      const isLast = index === path.length - 1;
      const keyAt = offsetOf(pair?.key);
      if (isLast && on === 'key') return { offset: keyAt ?? at };
      at = offsetOf(node) ?? keyAt ?? at;
    }
    const source = isScalar(node) && typeof node.value !== 'string' ? node.source : undefined;
    return { offset: at, ...(source ? { source } : {}) };
  };
}

/** A key as text; keys are scalars here. */
export function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

export function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
