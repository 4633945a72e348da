/**
 * The types of an inventory are inferred from a zod schema. zod's own declarations do not compile in
 * an app made from the cdk8s CLI's template (without `esModuleInterop`), so a package declares those
 * types in full, with their documentation.
 */
import { writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';

/** Replaces the declarations of one module, a path without its ending, by its types written out. */
export function writeOut(program, root, module) {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(join(root, `${module}.ts`));
  const types = checker
    .getExportsOfModule(checker.getSymbolAtLocation(source))
    .filter(({ flags }) => flags & (ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Interface))
    .map((symbol) => {
      const type = print(checker.getDeclaredTypeOfSymbol(symbol), '');
      return `${documentation(symbol, '')}export type ${symbol.name} = ${type};\n`;
    });
  writeFileSync(join(root, 'build', `${module}.d.ts`), types.join('\n'));

  /** A type in full: what it is made of, but for interfaces that have a name elsewhere. */
  function print(type, indent, isNested = false) {
    const named = isNested && namedElsewhere(type);
    if (named) return named;
    if (checker.isArrayType(type) || checker.isTupleType(type)) {
      const elements = checker
        .getTypeArguments(type)
        .map((element) => print(element, indent, true));
      if (checker.isTupleType(type)) return `readonly [${elements.join(', ')}]`;
      return `readonly (${elements.join(' | ')})[]`;
    }
    if (type.isUnion() && !(type.flags & ts.TypeFlags.Boolean)) {
      const members = type.types.some(({ flags }) => flags & ts.TypeFlags.Object)
        ? type.types.map((member) => print(member, indent, true))
        : [checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation)];
      return members.join(' | ');
    }
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)))
      return checker.typeToString(type);
    const inner = `${indent}  `;
    const index = checker
      .getIndexInfosOfType(type)
      .map(
        ({ keyType, type: value }) =>
          `${inner}readonly [key: ${checker.typeToString(keyType)}]: ${print(value, inner, true)};\n`,
      );
    const members = checker.getPropertiesOfType(type).map((property) => {
      const optional = property.flags & ts.SymbolFlags.Optional;
      const value = checker.getTypeOfSymbol(property);
      const shown = print(optional ? checker.getNonNullableType(value) : value, inner, true);
      const name = /^\w+$/.test(property.name) ? property.name : JSON.stringify(property.name);
      return `${documentation(property, inner)}${inner}readonly ${name}${optional ? '?' : ''}: ${shown};\n`;
    });
    return `{\n${[...index, ...members].join('')}${indent}}`;
  }

  /** `import('...').Name` of an interface declared in another of our files. */
  function namedElsewhere(type) {
    const symbol = type.aliasSymbol ?? type.symbol;
    const file = symbol?.declarations?.[0]?.getSourceFile();
    const isOurs = file?.fileName.startsWith(join(root, 'lib/')) && file !== source;
    if (!isOurs || symbol.name.startsWith('__')) return undefined;
    const path = relative(dirname(source.fileName), file.fileName).replace(/\.ts$/, '');
    return `import('${path.startsWith('.') ? path : `./${path}`}').${symbol.name}`;
  }

  function documentation(symbol, indent) {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
    const tags = symbol
      .getJsDocTags(checker)
      .map(({ name, text: of }) => `@${name} ${ts.displayPartsToString(of)}`.trimEnd());
    const lines = [...(text === '' ? [] : text.split('\n')), ...tags];
    if (lines.length === 0) return '';
    return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`;
  }
}
