import { isDeepStrictEqual } from 'node:util';
import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  type Document,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { UserError } from '../errors';
import { compareRanges, range, readAddress } from '../formats/address';
import { OddLayout, insertItem, removeItem } from './collection';
import { type Splice, lineEnd, newlineOf, splice } from './splice';
import { type PeerEntry, writePeer } from './style';

/** As the loader reads; repeated keys are its business. */
const OPTIONS = { stringKeys: true, uniqueKeys: false, logLevel: 'silent' } as const;

/** The part of an inventory file that names peers, as plain data. */
interface Data {
  readonly peers: Record<string, { name: string; pubkey: string }>;
  readonly services: Readonly<Record<string, { name: string; peers?: string[] }[]>>;
}

/**
 * The text of an inventory file with one peer more, written like its neighbours: in its place by
 * address where they are in order, else behind the last. Every other byte stays.
 *
 * @param text an inventory without issues
 * @throws UserError when the file is laid out in a way that cannot be edited with certainty
 */
export function addPeer(text: string, entry: PeerEntry): string {
  const document = parseDocument(text, OPTIONS);
  const data = document.toJS({ maxAliasCount: -1 }) as Data;
  const { address, name, publicKey } = entry;
  const peers = { ...data.peers, [address]: { name, pubkey: publicKey } };
  return checked(
    { ...data, peers },
    `add ${address}: { name: ${name}, pubkey: ${publicKey} }`,
    () => splice(text, additions(text, mapUnder(document, document.contents, 'peers'), entry)),
  );
}

function additions(text: string, peers: YAMLMap, entry: PeerEntry): Splice[] {
  const last = peers.items.length - 1;
  const at = predecessor(peers, entry.address);
  // The nearest one first: what is before it, then what is behind.
  const nearest = peers.items
    .map((pair, index) => ({ pair, distance: Math.abs(index - at) }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ pair }) => pair);
  const item = writePeer(text, nearest, entry);
  if (last >= 0) return insertItem(text, peers, item, at);
  const [open, close] = peers.range ?? [0, 0];
  const rest = text.slice(close, lineEnd(text, close));
  const line = /^[ \t]*$/m.exec(text.slice(text.lastIndexOf('\n', open) + 1, open));
  const isBlock = /^\{[ \t]*\}$/.test(text.slice(open, close)) && /^[ \t]*(#.*)?\r?\n?$/.test(rest);
  if (!isBlock || line !== null || /^\s*\{/.test(text))
    return [{ at: open + 1, insert: ` ${item} ` }];
  const newline = newlineOf(text);
  const blank = /[ \t]*$/.exec(text.slice(0, open))?.[0].length ?? 0;
  const below = close + rest.length;
  return [
    { at: open - blank, remove: close - open + blank },
    { at: below, insert: rest.endsWith('\n') ? `  ${item}${newline}` : `${newline}  ${item}` },
  ];
}

/** Index of the peer that a new one comes behind. */
function predecessor(peers: YAMLMap, address: string): number {
  const last = peers.items.length - 1;
  const own = range(address);
  const ranges = peers.items
    .map(({ key }) => readAddress(scalarText(key) ?? ''))
    .filter((one) => one !== undefined);
  const isSorted = ranges.every((one, index) => {
    const next = ranges[index + 1];
    return next === undefined || compareRanges(one, next) < 0;
  });
  const lower = isSorted ? ranges.findLastIndex((one) => compareRanges(one, own) < 0) : last;
  return lower === -1 ? last : lower;
}

/** An inventory file without a peer. */
export interface Removal {
  readonly text: string;
  /** Comments that went with it, each as in the file. */
  readonly comments: readonly string[];
}

/**
 * The text of an inventory file without one peer, and without its name in the services' lists. Every
 * other byte stays, comments on lines of their own included.
 *
 * @param text an inventory without issues that has the peer
 * @throws UserError when the file is laid out in a way that cannot be edited with certainty
 */
export function removePeer(text: string, name: string): Removal {
  const document = parseDocument(text, OPTIONS);
  const data = document.toJS({ maxAliasCount: -1 }) as Data;
  const isOther = (other: string): boolean => other !== name;
  const rest = {
    ...data,
    peers: Object.fromEntries(Object.entries(data.peers).filter(([, peer]) => isOther(peer.name))),
    services: Object.fromEntries(
      Object.entries(data.services).map(([offset, list]) => [
        offset,
        list.map((service) =>
          service.peers === undefined
            ? service
            : { ...service, peers: service.peers.filter(isOther) },
        ),
      ]),
    ),
  };
  let comments: string[] = [];
  const left = checked(rest, `take ${name} out of peers and of each service's peers`, () => {
    const splices = removals(text, document, name);
    comments = splices.flatMap(({ at, remove = 0 }) =>
      [...text.slice(at, at + remove).matchAll(/(?:^|[ \t])(#.*?)\r?$/gm)].map(
        ([, comment]) => comment ?? '',
      ),
    );
    return splice(text, splices);
  });
  return { text: left, comments };
}

function removals(text: string, document: Document, name: string): Splice[] {
  const peers = mapUnder(document, document.contents, 'peers');
  const index = peers.items.findIndex(({ value }) => {
    const entry = resolved(document, value);
    return isMap(entry) && entry.get('name') === name;
  });
  return [
    ...removeItem(text, peers, index),
    ...accessLists(document).flatMap((list) => {
      const at = list.items.findIndex((item) => scalarText(resolved(document, item)) === name);
      return at === -1 ? [] : removeItem(text, list, at);
    }),
  ];
}

/** The lists of peers that services have, each once however many aliases lead to it. */
function accessLists(document: Document): YAMLSeq[] {
  const services = mapUnder(document, document.contents, 'services');
  const lists = services.items
    .map(({ value }) => resolved(document, value))
    .flatMap((list) => (isSeq(list) ? list.items : []))
    .map((item) => resolved(document, item))
    .map((service) => (isMap(service) ? resolved(document, service.get('peers', true)) : undefined))
    .filter(isSeq);
  return [...new Set(lists)];
}

function mapUnder(document: Document, parent: unknown, key: string): YAMLMap {
  const map = isMap(parent) ? resolved(document, parent.get(key, true)) : undefined;
  if (!isMap(map)) throw new OddLayout();
  return map;
}

function resolved(document: Document, node: unknown): unknown {
  return isNode(node) && 'resolve' in node ? node.resolve(document) : node;
}

function scalarText(node: unknown): string | undefined {
  return isScalar(node) ? String(node.value) : undefined;
}

/** An edited text, if it says what it should. */
function checked(expected: unknown, repair: string, edit: () => string): string {
  try {
    const text = edit();
    const document = parseDocument(text, OPTIONS);
    const isRight =
      document.errors.length === 0 &&
      isDeepStrictEqual(document.toJS({ maxAliasCount: -1 }), expected);
    if (isRight) return text;
  } catch (error) {
    // Of an alias whose anchor went, the library says so in an error of this kind.
    if (!(error instanceof OddLayout || error instanceof ReferenceError)) throw error;
  }
  throw new UserError(
    `is laid out in a way that cannot be edited without risk, and was left as it is: ${repair} by hand`,
  );
}
