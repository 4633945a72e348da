import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors';
import { absence, ifThere, readIfThere } from '../files';
import { select } from '../select';
import { examine } from './check';
import { describeIssue, InventoryError } from './issue';
import type { Inventory } from './inventory';
import { readYaml, type PlacedMessage, type Position } from '../yaml/yaml-source';

/** What one file holds: a checked inventory, or its issues a line each. */
type Result =
  | {
      readonly file: string;
      readonly inventory: Inventory;
      /** Where the name of its DNS record stands. */
      readonly record?: Position;
    }
  | { readonly lines: readonly string[] };

/**
 * Reads one inventory file. YAML holds JSON, so any command that prints the shape as JSON can write it.
 *
 * @param file its name without the ending is the cluster's name
 * @throws InventoryError with every issue, one a line, as `file:line:column: path: "value": rule; repair`
 */
export function loadInventory(file: string): Inventory {
  return inventoryIn(readInventory(file));
}

/**
 * The inventory that a file with this text would hold.
 *
 * @throws InventoryError as {@link loadInventory}
 */
export function parseInventory(file: string, text: string): Inventory {
  return inventoryIn(examineText(file, text));
}

function inventoryIn(result: Result): Inventory {
  if ('inventory' in result) return result.inventory;
  throw new InventoryError(result.lines);
}

/**
 * Reads every `*.yaml` and `*.yml` of a folder, sorted by cluster. Hidden files are left alone.
 *
 * @param clusters the only ones to read @default - all
 * @throws InventoryError with every issue of every file, or when there is none to read
 * @throws UserError for a cluster that has no file
 */
export function loadInventories(folder: string, clusters: readonly string[] = []): Inventory[] {
  const files = select('cluster', clusters, inventoryFiles(folder), clusterOf);
  const results = files.map((name) => readInventory(join(folder, name)));
  const lines = [
    ...files.flatMap((name, index) => twinLines(folder, name, files.slice(0, index))),
    ...results.flatMap((result) => ('lines' in result ? result.lines : [])),
    ...recordLines(results),
  ];
  if (lines.length > 0) throw new InventoryError(lines);
  return results.flatMap((result) => ('inventory' in result ? [result.inventory] : []));
}

/** The name of every cluster that has an inventory in a folder, sorted; no file is read. */
export function clusterNames(folder: string): string[] {
  return inventoryFiles(folder).map(clusterOf);
}

/**
 * The inventory file of a cluster, of which there is one.
 *
 * @throws UserError for a cluster that has no file
 */
export function inventoryFile(folder: string, cluster: string): string {
  const [name = ''] = select('cluster', [cluster], inventoryFiles(folder), clusterOf);
  return join(folder, name);
}

function inventoryFiles(folder: string): string[] {
  const names = ifThere(folder, () => readdirSync(folder));
  if (names === undefined) throw new UserError(`${folder}: ${absence(folder)}; create it`);
  const files = names
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .sort((a, b) => (clusterOf(a) < clusterOf(b) ? -1 : clusterOf(a) > clusterOf(b) ? 1 : 0));
  if (files.length === 0)
    throw new InventoryError([
      `${folder}: has no inventory; write one as ${join(folder, '<cluster>.yaml')}`,
    ]);
  return files;
}

function twinLines(folder: string, name: string, before: readonly string[]): string[] {
  const twin = before.find((other) => clusterOf(other) === clusterOf(name));
  return twin === undefined
    ? []
    : [
        `${join(folder, name)}:1:1: "${clusterOf(name)}" is described by ${join(folder, twin)} too; remove one of them`,
      ];
}

/** A DNS record leads to one endpoint. */
function recordLines(results: readonly Result[]): string[] {
  const holders = new Map<string, string>();
  return results.flatMap((result) => {
    if ('lines' in result || result.record === undefined) return [];
    const { name = '', zone = '' } = result.inventory.dns ?? {};
    const record = `${name}.${zone}`;
    const { file, record: at } = result;
    const holder = holders.get(record);
    if (holder === undefined) {
      holders.set(record, file);
      return [];
    }
    const message = `dns.name: "${name}": makes the record ${record}, which ${holder} makes too; choose another`;
    return inOrder(file, [{ ...at, message }]);
  });
}

function clusterOf(file: string): string {
  return basename(file).replace(/\.(?:ya?ml|json)$/, '');
}

function readInventory(file: string): Result {
  const text = readIfThere(file);
  if (text === undefined) return { lines: [`${file}: ${absence(file)}; create it`] };
  return examineText(file, text);
}

function examineText(file: string, text: string): Result {
  const yaml = readYaml(text);
  if ('issues' in yaml) return { lines: inOrder(file, yaml.issues) };
  if (yaml.data === null)
    return { lines: [`${file}:1:1: is empty; it needs at least network, peers and services`] };
  const result = examine(yaml.data, clusterOf(file), dirname(file));
  if ('inventory' in result) {
    const record = result.inventory.dns && yaml.locate(['dns', 'name'], 'value');
    return { ...result, file, ...(record && { record }) };
  }
  const issues = result.issues.map((issue) => {
    const { source, ...position } = yaml.locate(issue.path, issue.on);
    return { ...position, message: describeIssue(issue, yaml.data, source) };
  });
  return { lines: inOrder(file, issues) };
}

function inOrder(file: string, messages: readonly PlacedMessage[]): string[] {
  return [...messages]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
}
