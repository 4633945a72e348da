import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pod from '../../lib/manifests/pod/scripts';

const read = (file: string) => readFileSync(join(__dirname, '../..', file), 'utf8');
const scripts = Object.values(pod.scripts).join('');

/** First cells of the table with this heading. */
function firstCells(page: string, heading: string): string[] {
  const [, table = ''] = page.split(`| ${heading}`);
  const rows = table.split('\n').slice(2);
  return rows.slice(0, rows.indexOf('')).map((row) => row.split(' | ')[0] ?? '');
}

/** What is quoted in a text, without the parts that vary. */
function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].flatMap(([, words = '']) =>
    words.split('...').filter((part) => part.trim() !== ''),
  );
}

test('docs/operations.md quotes the log as it is', () => {
  const phrases = firstCells(read('docs/operations.md'), 'the log says').flatMap(quoted);
  expect(phrases.length).toBeGreaterThan(8);
  expect(phrases.filter((phrase) => !scripts.includes(phrase))).toEqual([]);
});
