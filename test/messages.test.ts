import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..');

/** What a test quotes of a message: so many words of it in a row. */
const WORDS = 3;

function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => ending.test(name));
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Words alone: regular expressions and quotes write the rest in several ways. */
const words = (text: string): string[] => text.replaceAll('\\', '').match(/[\p{L}\p{N}]+/gu) ?? [];

/** Texts of one literal, which a template's values part, or of several that are joined by `+`. */
function partsOf(node: ts.Node): string[] {
  if (ts.isBinaryExpression(node)) return [...partsOf(node.left), ...partsOf(node.right)];
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text];
  if (!ts.isTemplateExpression(node)) return [];
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
}

/** What `--help` says is no message. */
const isHelp = (node: ts.Node): boolean =>
  ts.isCallExpression(node) &&
  ts.isPropertyAccessExpression(node.expression) &&
  /^(description|option|argument|addHelpText|usage|summary)$/.test(node.expression.name.text);

/** What no user brings about, and what is looked for in another's message. */
const isDefect = (node: ts.Node): boolean =>
  (ts.isNewExpression(node) && node.expression.getText() === 'Error') ||
  (ts.isCallExpression(node) && /\.includes$/.test(node.expression.getText()));

/** In Jest's realm a timeout is no `Error`, so the SDK does not know it; outside of it, it does. */
const UNSEEN = ['no complete answer within '];

/** Literals of several words, with their places. */
function messagesIn(file: string): { place: string; parts: string[] }[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const found: { place: string; parts: string[] }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || isDefect(node)) return;
    const parts = partsOf(node).filter(
      (part) => /(?:\S+\s+){3}/.test(part) && words(part).length > WORDS,
    );
    if (parts.length > 0) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ place: `${file}:${line + 1}`, parts });
    }
    if (ts.isBinaryExpression(node) && parts.length > 0) return;
    if (!isHelp(node)) ts.forEachChild(node, visit);
    else if (ts.isCallExpression(node)) visit(node.expression);
  };
  visit(source);
  return found;
}

/** All runs of so many words in the tests and in what they compare with. */
function quoted(): Set<string> {
  const files = [
    ...filesIn('test', /\.(test\.ts|snap)$/).filter((file) => !file.startsWith('test/messages')),
    ...filesIn('test/fixtures', /\.yaml$/),
  ];
  const runs = new Set<string>();
  for (const file of files) {
    const all = words(read(file));
    for (let at = 0; at + WORDS <= all.length; at++) runs.add(all.slice(at, at + WORDS).join(' '));
  }
  return runs;
}

test('every message of lib/ is expected by a test', () => {
  const runs = quoted();
  const isQuoted = (part: string): boolean => {
    const all = words(part);
    return all.some((_, at) => runs.has(all.slice(at, at + WORDS).join(' ')));
  };
  const messages = filesIn('lib', /\.ts$/).flatMap(messagesIn);
  expect(messages.length).toBeGreaterThan(200);
  const missing = messages.filter(
    ({ parts }) => !parts.some((part) => isQuoted(part) || UNSEEN.includes(part)),
  );
  expect(missing.map(({ place, parts }) => `${place}: ${parts.join(' … ')}`)).toEqual([]);
});
