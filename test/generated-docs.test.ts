import { readFileSync } from 'node:fs';
import { generatedFiles, withPicture } from '../lib/generated-docs';

test.each([...generatedFiles()])('%s is as `npm run docs` writes it', (file, text) => {
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test("a README of one's own stays as it is", () => {
  expect(withPicture('# mine\n')).toBe('# mine\n');
});
