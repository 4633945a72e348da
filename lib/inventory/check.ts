import { buildInventory } from './build';
import { dnsFaults, endpointFaults, policyFaults } from './endpoint-rules';
import { describeFault, InventoryError, type Fault } from './fault';
import { dnsLabel } from './grammar';
import type { Inventory } from './inventory';
import { asText, field } from './lenient';
import { peerFaults } from './peer-rules';
import { defaults, type InventoryInput } from './schema';
import { readServices, serviceFaults } from './service-rules';
import { readShape } from './shape';

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
 * @throws InventoryError with every fault, one a line, as `cluster: path: "value": rule; repair`
 */
export function checkInventory(input: unknown, cluster: string): Inventory {
  if (isCopy(input)) throw new InventoryError([`${cluster}: ${COPY}`]);
  const result = examine(input, cluster, process.cwd());
  if ('inventory' in result) return result.inventory;
  throw new InventoryError(result.faults.map((fault) => `${cluster}: ${describeFault(fault)}`));
}

const COPY =
  'this is a changed copy of a checked inventory, which may be wrong and has another shape than a file: ' +
  'change what it was made from, as in checkInventory({ ...input, replicas: 2 }, cluster)';

/** No file has a key `cluster`; only what was checked has one, and a list of peers. */
function isCopy(input: unknown): boolean {
  return typeof field(input, 'cluster') === 'string' && Array.isArray(field(input, 'peers'));
}

/** The checked inventory, or all its faults in no particular order. */
export function examine(
  input: unknown,
  cluster: string,
  folder: string,
): { readonly inventory: Inventory } | { readonly faults: readonly Fault[] } {
  const shape = readShape(input);
  const faults = [...clusterFaults(cluster), ...shape.faults, ...relationFaults(input)];
  if (shape.data === undefined || faults.length > 0) return { faults };
  const inventory = buildInventory(shape.data, cluster, folder);
  checked.add(inventory);
  return { inventory };
}

function clusterFaults(cluster: string): Fault[] {
  const problem = dnsLabel(cluster);
  if (problem === undefined) return [];
  return [
    {
      path: [],
      on: 'value',
      value: cluster,
      message: `the cluster's name (that of the file, without its ending) ${problem}`,
    },
  ];
}

/** What values must be to each other, wherever they can be read. */
function relationFaults(input: unknown): Fault[] {
  const clusterDomain = asText(field(input, 'clusterDomain')) ?? defaults.clusterDomain;
  const namespace = asText(field(input, 'namespace')) ?? defaults.namespace;
  const { drafts, faults } = readServices(input, clusterDomain);
  return [
    ...peerFaults(input),
    ...faults,
    ...serviceFaults(input, drafts, field(input, 'port') ?? defaults.port),
    ...endpointFaults(input),
    ...policyFaults(input, drafts, namespace),
    ...dnsFaults(input, drafts),
  ];
}
