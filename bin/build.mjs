/** Compiles the public API to `build/`, for cdk8s apps that have this package as a dependency. */
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { writeOut } from './declarations.mjs';

const root = join(import.meta.dirname, '..');
const podFiles = 'lib/manifests/pod';

const { options, fileNames } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'tsconfig.build.json'), ts.sys.readFile).config,
  ts.sys,
  root,
);
const program = ts.createProgram(fileNames, options);
const { diagnostics } = program.emit();
const errors = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
if (errors.length > 0) {
  console.error(
    ts.formatDiagnostics(errors, {
      getCanonicalFileName: String,
      getCurrentDirectory: () => root,
      getNewLine: () => '\n',
    }),
  );
  process.exit(1);
}
for (const file of readdirSync(join(root, podFiles)).filter((name) => name.endsWith('.sh'))) {
  copyFileSync(join(root, podFiles, file), join(root, 'build', podFiles, file));
}
for (const module of ['lib/inventory/schema', 'lib/kubernetes/pod-settings'])
  writeOut(program, root, module);
