import { deepStrictEqual } from 'node:assert';
import { App, Chart, Yaml } from 'cdk8s';
import fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';
import { checkInventory } from '../../lib/inventory/check';
import { InventoryError } from '../../lib/inventory/issue';
import type { Inventory } from '../../lib/inventory/inventory';
import { inventoryWarnings } from '../../lib/inventory/warnings';
import { readYaml } from '../../lib/yaml/yaml-source';
import { WireguardEndpoint } from '../../lib/manifests/endpoint';
import { accepted, withAnyText, withAnyValue } from './arbitrary';
import { assertRendersAsMeant } from './meaning';

/** Cases in all. `FUZZ_RUNS=100000 FUZZ_SEED=1 npm test -- properties` takes 70 s and is repeatable. */
const runs = Number(process.env.FUZZ_RUNS ?? 400);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

/** A part of the cases; a failure prints the seed, and a long run does before it starts. */
const part = (share: number) => ({ numRuns: Math.ceil(runs * share), seed });

if (process.env.FUZZ_RUNS) process.stderr.write(`FUZZ_RUNS=${runs} FUZZ_SEED=${seed}\n`);

const LONG = 30 * 60_000;

it(
  'an inventory that should be accepted is, and its files mean what it says',
  () => {
    fc.assert(
      fc.property(accepted, (input) => {
        assertRendersAsMeant(checkInventory(input, 'myth'));
      }),
      part(0.3),
    );
  },
  LONG,
);

it(
  'any text in any place is refused in printable lines, or is harmless in every file',
  () => {
    fc.assert(
      fc.property(withAnyText, (input) => {
        const inventory = acceptedOrRefused(input);
        if (inventory) assertRendersAsMeant(inventory);
      }),
      part(0.5),
    );
  },
  LONG,
);

it(
  'any value in any place is refused in printable lines, or is harmless in every file',
  () => {
    fc.assert(
      fc.property(withAnyValue, (input) => {
        const inventory = acceptedOrRefused(input);
        if (inventory) assertRendersAsMeant(inventory);
      }),
      part(0.1),
    );
  },
  LONG,
);

it(
  'a text means the same through YAML as without',
  () => {
    fc.assert(
      fc.property(withAnyText, (input) => {
        const yaml = readYaml(escaped(stringify(input, QUOTED)));
        if ('issues' in yaml) throw new Error(JSON.stringify(yaml.issues));
        deepStrictEqual(yaml.data, input);
      }),
      part(0.09),
    );
  },
  LONG,
);

it(
  'the manifests read back as they were meant',
  () => {
    fc.assert(
      fc.property(withAnyText, (input) => {
        const inventory = acceptedOrRefused(input);
        if (!inventory) return;
        const chart = new Chart(new App(), 'wireguard');
        new WireguardEndpoint(chart, 'endpoint', { inventory });
        const objects = chart.toJson() as unknown[];
        const documents = parseAllDocuments(
          objects.map((one) => Yaml.stringify(one)).join('---\n'),
        );
        deepStrictEqual(
          documents.map((document) => document.toJS() as unknown),
          objects,
        );
      }),
      part(0.01),
    );
  },
  LONG,
);

const QUOTED = { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE' } as const;

/** YAML in which all that may not be in a file as it is stands as an escape. */
function escaped(yaml: string): string {
  return yaml.replace(/(?!\n)[\p{C}\p{Zl}\p{Zp}\uFFFD]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\U${code.toString(16).padStart(8, '0')}`;
  });
}

/** The checked inventory; nothing if it was refused in the way a user can read. */
function acceptedOrRefused(input: unknown): Inventory | undefined {
  let inventory: Inventory;
  try {
    inventory = checkInventory(input, 'myth');
  } catch (error) {
    if (!(error instanceof InventoryError)) throw error;
    deepStrictEqual(error.lines.filter(isUnprintable), []);
    return undefined;
  }
  deepStrictEqual(inventoryWarnings(inventory).filter(isUnprintable), []);
  return inventory;
}

function isUnprintable(line: string): boolean {
  return /[\p{C}\p{Zl}\p{Zp}]/u.test(line) || line.length > 800;
}
