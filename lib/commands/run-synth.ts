import { synthesize } from '../synth';
import { log, print } from '../terminal';

/** Synthesizes from `INVENTORY_DIR` into `CDK8S_OUTDIR`, and prints what became of each file. */
export function runSynth(): void {
  const { INVENTORY_DIR, CDK8S_OUTDIR } = process.env;
  const { changes, warnings } = synthesize(INVENTORY_DIR || 'inventory', CDK8S_OUTDIR || 'dist');
  for (const { file, change, objects } of changes) {
    print(`${file}: ${change}${objects.length > 0 ? `: ${objects.join(', ')}` : ''}`);
  }
  log(...warnings);
}
