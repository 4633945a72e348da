import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules', 'build', 'imports/*.ts', 'dist', 'coverage'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  // What is printed passes through one place, which lets nothing foreign reach a terminal raw.
  { files: ['main.ts', 'lib/**/*.ts'], rules: { 'no-console': 'error' } },
  { files: ['lib/terminal.ts'], rules: { 'no-console': 'off' } },
  { files: ['**/*.cjs', '**/*.mjs'], languageOptions: { globals: globals.node } },
  prettier,
);
