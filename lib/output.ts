import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Name of the file cdk8s writes for a chart `wireguard`. */
const MANIFEST = 'wireguard.k8s.yaml';

/**
 * Writes the manifests of all clusters beside their folder and moves them in when all are there: a
 * failure leaves the old ones as they were. The manifest of a cluster that is gone is removed; any
 * other file is left alone.
 *
 * @param outdir folder of the manifests, `<outdir>/<cluster>/wireguard.k8s.yaml`
 * @param write writes `<folder>/<cluster>/wireguard.k8s.yaml` for each cluster
 */
export function replaceManifests(outdir: string, write: (folder: string) => void): void {
  const target = resolve(outdir);
  mkdirSync(dirname(target), { recursive: true });
  const fresh = mkdtempSync(join(dirname(target), `.${basename(target)}-`));
  try {
    write(fresh);
    const clusters = readdirSync(fresh);
    for (const cluster of clusters) {
      mkdirSync(join(target, cluster), { recursive: true });
      renameSync(join(fresh, cluster, MANIFEST), join(target, cluster, MANIFEST));
    }
    for (const cluster of readdirSync(target)) {
      if (!clusters.includes(cluster)) removeManifest(join(target, cluster));
    }
  } finally {
    rmSync(fresh, { recursive: true });
  }
}

function removeManifest(folder: string): void {
  if (!existsSync(join(folder, MANIFEST))) return;
  rmSync(join(folder, MANIFEST));
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
