import { lstatSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { attempt, ifThere, readIfThere, writeWhole, type WholeFile } from './files';
import { changesOf } from './manifest-changes';

/** Name of a cluster's manifests in its folder. */
export const MANIFEST = 'wireguard.k8s.yaml';

/** The inventory files whose manifests are in a folder, a line each, relative to it. */
const LIST = '.wireguard-endpoint';

/** What became of the manifests of one cluster. */
export interface ManifestChange {
  /** Path of the manifests. */
  readonly file: string;
  readonly change: 'new' | 'changed' | 'unchanged' | 'removed';
  /** The objects that came, went or changed; of a change alone. */
  readonly objects: readonly string[];
}

/**
 * Writes the manifests of all clusters, `<outdir>/<cluster>/wireguard.k8s.yaml`: all of them are on the
 * disk before the first takes its place. Those of a cluster that is gone are removed if the same
 * inventory folder had made them, as `<outdir>/.wireguard-endpoint` tells; any other file is left alone.
 *
 * @param manifests YAML by cluster
 * @returns what became of each, by path
 * @throws UserError with the place when the system refuses
 */
export function replaceManifests(
  outdir: string,
  inventoryFolder: string,
  manifests: ReadonlyMap<string, string>,
): ManifestChange[] {
  const written = [...manifests].map(([cluster, content]) => {
    const file = join(outdir, cluster, MANIFEST);
    return { file, content, before: readIfThere(file) };
  });
  const files = written
    .filter(({ content, before }) => content !== before)
    .map(({ file, content }) => whole(file, content));
  const list = join(outdir, LIST);
  const listed = readIfThere(list);
  const home = relative(outdir, inventoryFolder);
  const isOurs = (line: string) =>
    dirname(line) === home && /^[a-z0-9-]+\.yaml$/.test(basename(line));
  const lines = (listed ?? '').split('\n').filter((line) => line !== '');
  const ours = [...manifests.keys()].map((cluster) => join(home, `${cluster}.yaml`));
  const rest = lines.filter((line) => !isOurs(line));
  const content = [...rest, ...ours]
    .sort()
    .map((line) => `${line}\n`)
    .join('');
  // Last: what is not there yet is on no list of what may be removed.
  writeWhole([...files, ...(content === listed ? [] : [whole(list, content)])]);
  const gone = lines.filter((line) => isOurs(line) && !ours.includes(line));
  return [
    ...written.map(({ file, content, before }): ManifestChange => {
      if (before === undefined) return { file, change: 'new', objects: [] };
      if (before === content) return { file, change: 'unchanged', objects: [] };
      return { file, change: 'changed', objects: changesOf(before, content) };
    }),
    ...gone.flatMap((line) => removeManifest(join(outdir, basename(line, '.yaml')))),
  ].sort((a, b) => (a.file < b.file ? -1 : 1));
}

const whole = (path: string, content: string): WholeFile => ({
  ...{ path, content },
  mode: 0o644,
  replace: true,
});

/** Follows no link. Another synth may be removing the same. */
function removeManifest(folder: string): ManifestChange[] {
  const file = join(folder, MANIFEST);
  if (ifThere(folder, () => lstatSync(folder))?.isDirectory() !== true) return [];
  if (ifThere(file, () => lstatSync(file))?.isFile() !== true) return [];
  attempt(file, () => {
    rmSync(file, { force: true });
  });
  try {
    rmdirSync(folder);
  } catch {
    // It holds other files, or is gone already.
  }
  return [{ file, change: 'removed', objects: [] }];
}
