import { isMap, isScalar, parse, type Pair, type Scalar } from 'yaml';
import { endOf, extentOf, startOf } from './collection';

/** What an inventory file says of a new peer. */
export interface PeerEntry {
  /** VPN address, canonical. */
  readonly address: string;
  /** A DNS label. */
  readonly name: string;
  readonly publicKey: string;
}

type Quotes = Scalar.Type | undefined;

/** How a peer is written: the texts around what it says. */
interface Style {
  /** Of the address. */
  readonly key: Quotes;
  /** Of `name` and `pubkey`. */
  readonly innerKey: Quotes;
  readonly value: Quotes;
  /** Whether `pubkey` comes before `name`. */
  readonly isKeyFirst: boolean;
  /** Between the address and what it stands for, and before the first inner key. */
  readonly open: string;
  /** Between an inner key and its value. */
  readonly colon: string;
  readonly comma: string;
  readonly close: string;
}

const PLAIN: Style = {
  key: 'PLAIN',
  innerKey: 'PLAIN',
  value: 'PLAIN',
  isKeyFirst: false,
  open: ': { ',
  colon: ': ',
  comma: ', ',
  close: ' }',
};

/** A peer as its neighbours are written: in block or flow style, with their quotes and spaces. */
export function writePeer(text: string, neighbours: readonly Pair[], entry: PeerEntry): string {
  const style = firstStyle(text, neighbours) ?? {
    ...PLAIN,
    ...(isJson(text) && { key: 'QUOTE_DOUBLE', innerKey: 'QUOTE_DOUBLE', value: 'QUOTE_DOUBLE' }),
  };
  const pairs = [
    ['name', entry.name],
    ['pubkey', entry.publicKey],
  ].map(
    ([key = '', value = '']) =>
      quoted(key, style.innerKey) + style.colon + quoted(value, style.value),
  );
  if (style.isKeyFirst) pairs.reverse();
  return quoted(entry.address, style.key) + style.open + pairs.join(style.comma) + style.close;
}

/** The style of the first neighbour that has one to follow; the others are not looked at. */
function firstStyle(text: string, neighbours: readonly Pair[]): Style | undefined {
  for (const neighbour of neighbours) {
    const style = styleOf(text, neighbour);
    if (style !== undefined) return style;
  }
  return undefined;
}

function isJson(text: string): boolean {
  return /^\s*\{/.test(text);
}

/** The style of a peer whose mapping is written out, without comments, anchors and aliases in it. */
function styleOf(text: string, { key, value: map }: Pair): Style | undefined {
  if (!isMap(map) || !isScalar(key) || map.anchor !== undefined) return undefined;
  const [first, second] = map.items;
  if (!isScalarPair(first) || !isScalarPair(second)) return undefined;
  const gap = (from: unknown, to: unknown): string => bare(text.slice(endOf(from), startOf(to)));
  const isFlow = map.flow === true;
  const comma = gap(first.value, second.key);
  return {
    key: key.type,
    innerKey: first.key.type,
    value: first.value?.type,
    isKeyFirst: first.key.value === 'pubkey',
    open: gap(key, first.key),
    colon: gap(first.key, first.value),
    comma: isFlow && !comma.includes('\n') ? comma.replace(/[ \t]+/, ' ') : comma,
    close: isFlow ? bare(text.slice(extentOf(map, map.items.length - 1).end, endOf(map))) : '',
  };
}

function isScalarPair(pair: Pair | undefined): pair is Pair<Scalar, Scalar> {
  return isScalar(pair?.key) && isScalar(pair.value);
}

/** What stands between two nodes without its comments, and the lines they had to themselves. */
function bare(gap: string): string {
  return gap.replace(/[ \t]*#[^\r\n]*/g, '').replace(/(\r?\n)(?:[ \t]*\r?\n)+/g, '$1');
}

/** A text in these quotes, or in single ones where it would be no text without. */
function quoted(text: string, quotes: Quotes): string {
  if (quotes === 'QUOTE_DOUBLE') return JSON.stringify(text);
  return quotes === 'QUOTE_SINGLE' || !isPlainText(text) ? `'${text}'` : text;
}

/** Whether YAML reads this as the text it is, by its present rules and by the older ones of many tools. */
function isPlainText(text: string): boolean {
  return (['1.1', '1.2'] as const).every((version) => {
    const [value] = parse(`[${text}]`, { version, logLevel: 'silent' }) as unknown[];
    return value === text;
  });
}
