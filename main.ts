/** Writes `dist/<cluster>/wireguard.k8s.yaml` for each `inventory/<cluster>.yaml`: what the CLI runs. */
import { reportUserErrors } from './lib/errors';
import { synthesize } from './lib/synth';
import { log } from './lib/terminal';

void reportUserErrors(() => {
  const { INVENTORY_DIR, CDK8S_OUTDIR } = process.env;
  log(...synthesize(INVENTORY_DIR || 'inventory', CDK8S_OUTDIR || 'dist').warnings);
});
