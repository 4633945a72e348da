import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLError,
} from 'yaml';
import type { Path } from './fault';

/** A place in a file, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where something stands, and how it is written there if it is no text. */
export interface Location extends Position {
  readonly source?: string;
}

/** YAML read into plain data, whose values know where they stand. */
export interface YamlSource {
  readonly data: unknown;
  /** Finds a value, or the key it stands under; of something missing, the mapping it is missing from. */
  readonly locate: (path: Path, on: 'key' | 'value') => Location;
}

/** What YAML itself refuses, in reading order. */
export interface YamlFault extends Position {
  readonly message: string;
}

/** An alias may be used often, but lists of aliases of lists of aliases are an attack. */
const MAX_ALIASES = 100_000;

/** Reads YAML 1.2 (and so JSON): one document, no tags, every key a text. */
export function readYaml(text: string): YamlSource | { readonly faults: readonly YamlFault[] } {
  const lineCounter = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  const document = parseDocument(text, {
    lineCounter,
    prettyErrors: false,
    schema: 'core',
    // An offset is a key: as text, `0x1` and `01` are not mistaken for 1.
    stringKeys: true,
    resolveKnownTags: false,
    // The library compares every key with every other: half a second for 10,000 peers.
    uniqueKeys: false,
  });
  const problems = [...document.errors, ...document.warnings].map((problem) => ({
    ...position(problem.pos[0]),
    message: problemText(problem, text),
  }));
  for (const offset of repeatedKeys(document))
    problems.push({
      ...position(offset),
      message: 'the key stands in this mapping already; remove one',
    });
  if (document.directives.yaml.version === '1.1')
    problems.push({ line: 1, column: 1, message: OLD_YAML });
  if (problems.length > 0) return { faults: problems };
  try {
    return {
      data: document.toJS({ maxAliasCount: MAX_ALIASES }),
      locate: locator(document, position),
    };
  } catch (error) {
    return { faults: [{ ...position(faultyAlias(document)), message: aliasText(error) }] };
  }
}

const OLD_YAML =
  'the file asks for YAML 1.1, where `on` is true and 010 is 8; remove the %YAML line';

const problemTexts: Partial<Record<YAMLError['code'], string>> = {
  MULTIPLE_DOCS: 'the file holds several documents; keep one, and give each cluster its own file',
  NON_STRING_KEY: 'a key must be plain text; write it out',
  TAB_AS_INDENT: 'a tab indents the line; YAML takes only spaces',
  TAG_RESOLVE_FAILED: 'tags (!…) mean nothing here; remove it',
};

function problemText({ code, message, pos }: YAMLError, text: string): string {
  const known = problemTexts[code];
  const start = text.lastIndexOf('\n', pos[0] - 1) + 1;
  const end = text.indexOf('\n', pos[0]);
  const line = text.slice(start, end === -1 ? undefined : end);
  if (known === undefined && /(?<!["'])\[[0-9a-f:]+\]:\d/i.test(line))
    return 'an IPv6 address in brackets reads as a list; put "[address]:port" in quotes';
  const own = message.charAt(0).toLowerCase() + message.slice(1);
  return (
    known ?? `is not YAML: ${own.replace(/\s+/g, ' ')}; mend the line or put its text in quotes`
  );
}

/** Where a key stands that its mapping has already. */
function repeatedKeys(document: Document.Parsed): number[] {
  const offsets: number[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const pair of items) {
        const key = keyText(pair);
        if (seen.has(key)) offsets.push(offsetOf(pair.key) ?? 0);
        seen.add(key);
      }
    },
  });
  return offsets;
}

function aliasText(error: unknown): string {
  if (!(error instanceof ReferenceError)) throw error;
  return error.message.startsWith('Unresolved')
    ? 'the alias has no anchor before it; write &name where its value stands'
    : 'the aliases unfold into too much; write the values out';
}

/** The first alias without an anchor, or else the last of all, which was one too many. */
function faultyAlias(document: Document.Parsed): number {
  let found = 0;
  visit(document, {
    Alias(_, alias) {
      found = alias.range?.[0] ?? found;
      return alias.resolve(document) === undefined ? visit.BREAK : undefined;
    },
  });
  return found;
}

function locator(
  document: Document.Parsed,
  position: (offset: number) => Position,
): YamlSource['locate'] {
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
      if (isLast && on === 'key') return position(keyAt ?? at);
      at = offsetOf(node) ?? keyAt ?? at;
      if (node === undefined || node === null) return position(at);
    }
    const source = isScalar(node) && typeof node.value !== 'string' ? node.source : undefined;
    return { ...position(at), ...(source !== undefined && source !== '' && { source }) };
  };
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
