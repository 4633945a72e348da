import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..');

/** Types in `lib/` that a public signature names and `lib/index.ts` does not export. */
function missingTypes(): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (name) =>
    ts.sys.readFile(name),
  ) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const index = join(root, 'lib/index.ts');
  const host = ts.createCompilerHost(options);
  // The types of packages take seconds to read, and none of them is ours to export.
  host.resolveModuleNameLiterals = (literals, file) =>
    literals.map(({ text }) =>
      text.startsWith('.')
        ? ts.resolveModuleName(text, file, options, host)
        : { resolvedModule: undefined },
    );
  const program = ts.createProgram([index], { ...options, noLib: true, types: [] }, host);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(index);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error('lib/index.ts is no module');
  const original = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = new Set(checker.getExportsOfModule(module).map(original));
  const missing = new Set<string>();

  const note = (name: ts.Node) => {
    const symbol = checker.getSymbolAtLocation(name);
    const named = symbol && original(symbol);
    if (named === undefined || named.flags & ts.SymbolFlags.TypeParameter) return;
    // A module's own helper has no name elsewhere: editors show what it stands for.
    const [declaration] = named.declarations ?? [];
    if (declaration && !(ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Export))
      return;
    const file = named.declarations?.[0]?.getSourceFile().fileName;
    if (file?.startsWith(join(root, 'lib/')) && !exported.has(named)) missing.add(named.name);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node)) return;
    if (ts.isTypeReferenceNode(node)) note(node.typeName);
    if (ts.isExpressionWithTypeArguments(node)) note(node.expression);
    ts.forEachChild(node, visit);
  };
  for (const symbol of exported) symbol.declarations?.forEach(visit);
  return [...missing].sort();
}

test('every type that a public signature names is public', () => {
  expect(missingTypes()).toEqual([]);
});
