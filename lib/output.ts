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
import { attempt, ifThere } from './files';

/** Name of the file cdk8s writes for a chart `wireguard`. */
export const MANIFEST = 'wireguard.k8s.yaml';

/**
 * Writes the manifests of all clusters beside their folder and moves them in when all are there: a
 * failure leaves the old ones as they were. The manifest of a cluster that is gone is removed; any
 * other file is left alone.
 *
 * @param outdir folder of the manifests, `<outdir>/<cluster>/wireguard.k8s.yaml`
 * @param write writes `<folder>/<cluster>/wireguard.k8s.yaml` for each cluster
 * @throws UserError with the place when the system refuses
 */
export function replaceManifests(outdir: string, write: (folder: string) => void): void {
  const target = resolve(outdir);
  const fresh = attempt(outdir, () => {
    mkdirSync(dirname(target), { recursive: true });
    return mkdtempSync(join(dirname(target), `.${basename(target)}-`));
  });
  try {
    attempt(fresh, () => {
      write(fresh);
    });
    const clusters = readdirSync(fresh);
    for (const cluster of clusters) {
      attempt(join(outdir, cluster, MANIFEST), () => {
        mkdirSync(join(target, cluster), { recursive: true });
        renameSync(join(fresh, cluster, MANIFEST), join(target, cluster, MANIFEST));
      });
    }
    for (const cluster of ifThere(outdir, () => readdirSync(target)) ?? []) {
      if (!clusters.includes(cluster)) removeManifest(join(outdir, cluster));
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Another synth may be removing the same. */
function removeManifest(folder: string): void {
  const manifest = join(folder, MANIFEST);
  if (!existsSync(manifest)) return;
  attempt(manifest, () => {
    rmSync(manifest, { force: true });
  });
  try {
    rmdirSync(folder);
  } catch {
    // It holds other files, or is gone already.
  }
}
