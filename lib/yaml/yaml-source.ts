import {
  Composer,
  Lexer,
  LineCounter,
  Parser,
  visit,
  type CST,
  type Document,
  type YAMLError,
} from 'yaml';
import { quote } from '../printable';
import { hiddenCharacters } from './hidden-characters';
import { keyText, locator, offsetOf, type Path } from './yaml-places';

/** A place in a file, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** YAML read into plain data, whose values know where they stand. */
export interface YamlSource {
  readonly data: unknown;
  /** Where a value or its key stands, and how it is written there if it is no text. */
  readonly locate: (path: Path, on: 'key' | 'value') => Position & { readonly source?: string };
}

/** Something wrong with a text, and where. */
export interface PlacedMessage extends Position {
  readonly message: string;
}

/** An alias may be used often, but lists of aliases of lists of aliases are an attack. */
const MAX_ALIASES = 100_000;

/** An inventory is 6 levels deep; thousands would exhaust the stack. */
const MAX_DEPTH = 50;

/** Reads YAML 1.2 (and so JSON): one document, no tags, every key a text. */
export function readYaml(text: string): YamlSource | { readonly issues: readonly PlacedMessage[] } {
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const refuse = (...issues: readonly SyntaxIssue[]) => ({
    issues: issues.map(({ offset, message }) => ({ ...position(offset), message })),
  });
  const hidden = hiddenCharacters(text);
  if (hidden.length > 0) {
    for (const { index } of text.matchAll(/^/gm)) lines.addNewLine(index);
    return refuse(...hidden);
  }
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    const depth = parser.stack.length - 1; // without the document
    if (depth > MAX_DEPTH) return refuse({ offset: parser.offset - lexeme.length, message: DEEP });
  }
  tokens.push(...parser.end());
  const composer = new Composer({
    schema: 'core',
    // An offset is a key: as text, `0x1` and `01` are not mistaken for 1.
    stringKeys: true,
    resolveKnownTags: false,
    // The library compares every key with every other: half a second for 10,000 peers.
    uniqueKeys: false,
  });
  const [document, next] = composer.compose(tokens, true, text.length);
  if (document === undefined) throw new Error('no YAML document, not even an empty one');
  const issues = [...syntaxIssues(document, text), ...keyIssues(document)];
  if (next !== undefined) issues.push({ offset: next.range[0], message: SEVERAL });
  if (document.directives.yaml.version === '1.1') issues.push({ offset: 0, message: OLD_YAML });
  if (issues.length > 0) return refuse(...issues);
  try {
    const data: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    const find = locator(document);
    const locate: YamlSource['locate'] = (path, on) => {
      const { offset, source } = find(path, on);
      return { ...position(offset), source };
    };
    return { data, locate };
  } catch (error) {
    return refuse({ offset: faultyAlias(document), message: aliasText(error) });
  }
}

/** What YAML itself, or a rule for every file, refuses. */
export interface SyntaxIssue {
  readonly offset: number;
  readonly message: string;
}

const MERGE = '"<<" is a merge key, which YAML 1.2 does not have; write its keys out';
const DEEP = `is nested more than ${MAX_DEPTH} levels deep; an inventory has 6`;
const SEVERAL = 'begins another document; keep one, and give each cluster its own file';
const OLD_YAML = 'asks for YAML 1.1, where `on` is true and 010 is 8; remove the %YAML line';
const INDENTED =
  'is not YAML: a second ": " in one line, or a line indented too far; put the text in quotes or mend the indentation';

const problemTexts: Partial<Record<YAMLError['code'], string>> = {
  BLOCK_AS_IMPLICIT_KEY: INDENTED,
  NON_STRING_KEY: 'is a key that is no plain text; write it out',
  TAB_AS_INDENT: 'is indented by a tab; YAML takes only spaces',
  TAG_RESOLVE_FAILED: 'is a tag, which means nothing here; remove it',
};

/** What the library found; of several issues at one place only the first, whose echoes the others are. */
function syntaxIssues(document: Document.Parsed, text: string): SyntaxIssue[] {
  const issues = new Map<number, SyntaxIssue>();
  for (const problem of [...document.errors, ...document.warnings]) {
    const [offset] = problem.pos;
    if (!issues.has(offset)) issues.set(offset, { offset, message: problemText(problem, text) });
  }
  return [...issues.values()];
}

function problemText({ code, message, pos }: YAMLError, text: string): string {
  const start = text.lastIndexOf('\n', pos[0] - 1) + 1;
  const end = text.indexOf('\n', pos[0]);
  const line = text.slice(start, end === -1 ? undefined : end);
  const known = problemTexts[code];
  if (known === undefined && /(?<!["'])\[[0-9a-f:]+\]:\d/i.test(line))
    return 'is an IPv6 address in brackets, which reads as a list; put "[address]:port" in quotes';
  const own = message.charAt(0).toLowerCase() + message.slice(1);
  return (
    known ?? `is not YAML: ${own.replace(/\s+/g, ' ')}; mend the line or put its text in quotes`
  );
}

/** Keys that stand in their mapping already, and merge keys. */
function keyIssues(document: Document.Parsed): SyntaxIssue[] {
  const issues: SyntaxIssue[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const pair of items) {
        const key = keyText(pair);
        const offset = offsetOf(pair.key) ?? 0;
        if (key === '<<') issues.push({ offset, message: MERGE });
        else if (seen.has(key))
          issues.push({
            offset,
            message: `${quote(key)}: stands in this mapping already; remove one`,
          });
        seen.add(key);
      }
    },
  });
  return issues;
}

function aliasText(error: unknown): string {
  if (!(error instanceof ReferenceError)) throw error;
  return error.message.startsWith('Unresolved')
    ? 'is an alias without an anchor before it; write &name where its value stands'
    : 'is an alias too many: together they unfold into too much; write the values out';
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
