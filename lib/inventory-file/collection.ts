import { isCollection, isMap, isNode, isPair, type YAMLMap, type YAMLSeq } from 'yaml';
import { type Splice, lineEnd, lineStart, newlineOf } from './splice';

/** A mapping or list of a parsed document, in block style (a line each) or flow style (in brackets). */
export type Collection = YAMLMap | YAMLSeq;

interface Extent {
  readonly start: number;
  readonly end: number;
}

/** The layout cannot be edited with certainty. */
export class OddLayout extends Error {}

/**
 * Puts an item into a collection.
 *
 * @param item the item's text, without indentation before its first line
 * @param after index of the item it comes behind; the collection has one
 */
export function insertItem(
  text: string,
  collection: Collection,
  item: string,
  after: number,
): Splice[] {
  return collection.flow === true
    ? insertFlowItem(text, collection, item, after)
    : [insertBlockItem(text, collection, item, after)];
}

/** Takes an item out of a collection, which stays valid when it was the only one. */
export function removeItem(text: string, collection: Collection, index: number): Splice[] {
  return collection.flow === true
    ? removeFlowItem(text, collection, index)
    : removeBlockItem(text, collection, index);
}

/** Where an item begins and ends: a pair from its key to the end of its value, comments aside. */
export function extentOf(collection: Collection, index: number): Extent {
  const item: unknown = collection.items[index];
  if (isPair(item)) return { start: startOf(item.key), end: endOf(item.value) };
  return { start: startOf(item), end: endOf(item) };
}

/** @throws OddLayout for what was not parsed */
export function startOf(node: unknown): number {
  return (isNode(node) ? node.range?.[0] : undefined) ?? oddly();
}

/** A block collection ends where its last item does; the library counts comments behind it too. */
export function endOf(node: unknown): number {
  if (isCollection(node) && node.flow !== true && node.items.length > 0) {
    return extentOf(node, node.items.length - 1).end;
  }
  return (isNode(node) ? node.range?.[1] : undefined) ?? oddly();
}

function oddly(): never {
  throw new OddLayout();
}

/** The lines of an item of a block collection, with the comments that are indented deeper. */
function linesOf(text: string, collection: Collection, index: number): Extent {
  const { start: at, end: contentEnd } = extentOf(collection, index);
  const start = lineStart(text, at);
  const indent = /^ */.exec(text.slice(start, at))?.[0].length ?? 0;
  // A literal block ends behind its newline.
  const last = text[contentEnd - 1] === '\n' ? contentEnd - 1 : contentEnd;
  let end = lineEnd(text, last);
  for (;;) {
    const line = text.slice(end, lineEnd(text, end));
    const comment = /^( *)#/.exec(line);
    if (comment === null || (comment[1] ?? '').length <= indent) return { start, end };
    end += line.length;
  }
}

function insertBlockItem(
  text: string,
  collection: Collection,
  item: string,
  after: number,
): Splice {
  const { start, end } = linesOf(text, collection, after);
  const indent = /^ */.exec(text.slice(start))?.[0] ?? '';
  const newline = newlineOf(text);
  const blank = after > 0 && isBlankBefore(text, start) ? newline : '';
  const isEnded = text[end - 1] === '\n';
  const lines = `${blank}${indent}${item}`;
  return { at: end, insert: isEnded ? `${lines}${newline}` : `${newline}${lines}` };
}

/** Whether an empty line parts this line, or the comments above it, from what is before. */
function isBlankBefore(text: string, start: number): boolean {
  return /\n[ \t]*\r?\n(?:[ \t]*#[^\n]*\n)*$/.test(text.slice(0, start));
}

function removeBlockItem(text: string, collection: Collection, index: number): Splice[] {
  const { start, end } = linesOf(text, collection, index);
  const from = withBlank(text, collection, index, { start, end });
  // The last line of a file that does not end its lines takes the newline before it along.
  const newline = text[end - 1] === '\n' ? '' : /\r?\n$/.exec(text.slice(0, from))?.[0];
  const at = from - (newline ?? '').length;
  const lines = { at, remove: end - at };
  return collection.items.length > 1
    ? [lines]
    : [lines, { at: emptyAt(text, collection), insert: isMap(collection) ? ' {}' : ' []' }];
}

/**
 * Where to begin to remove an item's lines. An empty line parts them from the item before: of the last
 * item, and where another empty line follows, it goes along.
 */
function withBlank(
  text: string,
  collection: Collection,
  index: number,
  { start, end }: Extent,
): number {
  const isNeedless = index === collection.items.length - 1 || /^[ \t]*\r?\n/.test(text.slice(end));
  if (!isNeedless) return start;
  return start - (/(?<=\n)[ \t]*\r?\n$/.exec(text.slice(0, start))?.[0].length ?? 0);
}

/** Behind the colon of the key that this block collection is the value of. */
function emptyAt(text: string, collection: Collection): number {
  const before = text.slice(0, lineStart(text, extentOf(collection, 0).start));
  const head = /:(?=[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*$)/.exec(before);
  return head === null ? oddly() : head.index + 1;
}

function insertFlowItem(
  text: string,
  collection: Collection,
  item: string,
  after: number,
): Splice[] {
  const { end } = extentOf(collection, after);
  const separator = separatorOf(text, collection);
  const behind = text.slice(end, lineEnd(text, end));
  // A comment on the line stays with the item it is behind.
  const comment = /^[ \t]*(,?)[ \t]*#[^\n]*\n/.exec(behind);
  if (comment === null || !separator.includes('\n')) return [{ at: end, insert: separator + item }];
  const indent = separator.slice(separator.lastIndexOf('\n') + 1);
  const line = `${indent}${item}${comment[1] ?? ''}${newlineOf(text)}`;
  const below = { at: end + comment[0].length, insert: line };
  return comment[1] === ',' ? [below] : [{ at: end, insert: ',' }, below];
}

/** What stands between two items of a flow collection, or would if there were two. */
function separatorOf(text: string, collection: Collection): string {
  const first = extentOf(collection, 0);
  const open = text.slice((collection.range?.[0] ?? oddly()) + 1, first.start);
  const isCompact = /^\S*$/.test(text.slice(first.start - open.length, first.end));
  const gap =
    collection.items.length > 1
      ? text.slice(first.end, extentOf(collection, 1).start)
      : `,${open.includes('\n') ? open : isCompact ? '' : ' '}`;
  if (/^,\s*$/.test(gap)) return gap.includes('\n') ? gap : gap.replace(/[ \t]+/, ' ');
  const line = /\r?\n[ \t]*$/.exec(gap);
  return line === null ? ', ' : `,${line[0]}`;
}

function removeFlowItem(text: string, collection: Collection, index: number): Splice[] {
  const { start, end } = extentOf(collection, index);
  const [open = oddly(), close = oddly()] = collection.range ?? [];
  const inside = text.slice(open + 1, close - 1);
  if (collection.items.length === 1 && !inside.includes('#')) {
    return [{ at: open + 1, remove: inside.length }];
  }
  const isLast = index === collection.items.length - 1;
  const previousEnd = index === 0 ? start : extentOf(collection, index - 1).end;
  const from = lineStart(text, start);
  const rest = /^[ \t]*(,?)[ \t]*(?:#[^\n]*)?\r?\n/.exec(text.slice(end));
  if (rest !== null && /^[ \t]*$/.test(text.slice(from, start))) {
    const below = end + rest[0].length;
    const at = withBlank(text, collection, index, { start: from, end: below });
    const lines = { at, remove: below - at };
    const comma = /^\s*,/.exec(text.slice(previousEnd, start))?.[0];
    return isLast && rest[1] === '' && comma !== undefined
      ? [{ at: previousEnd + comma.length - 1, remove: 1 }, lines]
      : [lines];
  }
  const before = text.slice(previousEnd, start);
  if (isLast && !before.includes('#')) return [{ at: previousEnd, remove: end - previousEnd }];
  const behind = text.slice(end, isLast ? close - 1 : extentOf(collection, index + 1).start);
  const remove =
    behind.includes('#') || isLast ? /^(?:\s*,)?/.exec(behind)?.[0].length : behind.length;
  return [{ at: start, remove: end - start + (remove ?? 0) }];
}
