import { synthesize } from '../synth';
import { log, print } from '../terminal';

/** What a synth reads of its environment, for `--help`. */
export const SYNTH_ENVIRONMENT = `
Environment:
  INVENTORY_DIR   folder of the inventories (default: inventory)
  CDK8S_OUTDIR    folder of the manifests (default: dist)`;

/** Synthesizes from `INVENTORY_DIR` into `CDK8S_OUTDIR`, and prints what became of each file. */
export function runSynth(): void {
  const { INVENTORY_DIR, CDK8S_OUTDIR } = process.env;
  const { changes, warnings } = synthesize(INVENTORY_DIR || 'inventory', CDK8S_OUTDIR || 'dist');
  for (const { file, change, objects } of changes) {
    print(`${file}: ${change}${objects.length > 0 ? `: ${objects.join(', ')}` : ''}`);
  }
  log(...warnings);
}
