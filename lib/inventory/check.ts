import { z } from 'zod';
import { dnsLabel } from '../formats/host-name';
import { quote } from '../printable';
import { resolveInventory, type Inventory } from './inventory';
import { describeIssue, InventoryError, issueAt, type Issue } from './issue';
import { kindMessage } from '../formats/kinds';
import { relationIssues } from './relations';
import { inventorySchema, type InventoryInput } from './schema';

const checked = new WeakSet();

/** Whether this very object came out of {@link checkInventory} or a loader. A copy has to be checked again. */
export function isChecked(inventory: Inventory | InventoryInput): inventory is Inventory {
  return checked.has(inventory);
}

/**
 * Checks an inventory that was made in TypeScript or read from anywhere, and fills in the defaults.
 *
 * @param input the shape of an inventory file; `kubernetes.kubeconfig` is relative to the working directory
 * @param cluster name of the cluster, a DNS label
 * @throws InventoryError with every issue, one a line, as `cluster: path: "value": rule; repair`
 */
export function checkInventory(input: unknown, cluster: string): Inventory {
  if (isCopy(input)) throw new InventoryError([`${cluster}: ${COPY}`]);
  const result = examine(input, cluster, process.cwd());
  if ('inventory' in result) return result.inventory;
  throw new InventoryError(
    result.issues.map((issue) => `${cluster}: ${describeIssue(issue, input)}`),
  );
}

const COPY =
  'this is a changed copy of a checked inventory, which may be wrong and has another shape than a file: ' +
  'change what it was made from, as in checkInventory({ ...input, replicas: 2 }, cluster)';

/** No file has a key `cluster`; only what was checked has one, and a list of peers. */
function isCopy(input: unknown): boolean {
  if (typeof input !== 'object' || input === null) return false;
  return 'cluster' in input && 'peers' in input && Array.isArray(input.peers);
}

/** The checked inventory, or all its issues in no particular order. */
export function examine(
  input: unknown,
  cluster: string,
  folder: string,
): { readonly inventory: Inventory } | { readonly issues: readonly Issue[] } {
  const issues = clusterIssues(cluster);
  const result = related.safeParse(input, { error: kindMessage });
  if (!result.success) return { issues: [...issues, ...result.error.issues.flatMap(issuesOf)] };
  if (issues.length > 0) return { issues };
  const inventory = resolveInventory(result.data, cluster, folder);
  checked.add(inventory);
  return { inventory };
}

/** The schema with its sections related to each other, also where others of them have issues. */
const related = inventorySchema.superRefine(
  (sections, { issues }) => {
    const faulty = new Set(issues.map(({ path }) => path?.[0]));
    const sound = Object.entries(sections).filter(([section]) => !faulty.has(section));
    for (const { path, message, ...params } of relationIssues(Object.fromEntries(sound)))
      issues.push({ code: 'custom', path: [...path], message, params, input: undefined });
  },
  { when: ({ value }) => z.core.util.isPlainObject(value) },
);

function issuesOf(issue: z.core.$ZodIssue): Issue[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => issueAt([...path, key], messages[index] ?? '', 'key'));
  }
  // Only issues of our own rules have parameters.
  const { message, params }: { message: string; params?: Partial<Issue> } = issue;
  return [{ ...issueAt(path, message), ...params }];
}

function clusterIssues(cluster: string): Issue[] {
  const problem = dnsLabel(cluster);
  if (problem === undefined) return [];
  const message = `${quote(cluster)}: the cluster's name (that of the file, without its ending) ${problem}`;
  return [issueAt([], message, 'key')];
}
