import { parseAllDocuments } from 'yaml';

/** As much of an object as names it; of a ConfigMap, also its files. */
interface Manifest {
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * The objects in which two files of manifests differ, a phrase each: `ConfigMap wireguard (nginx.cfg)`,
 * `Service wireguard (new)`.
 */
export function changesOf(before: string, after: string): string[] {
  const [old, fresh] = [objectsOf(before), objectsOf(after)];
  const gone = [...old.keys()]
    .filter((name) => !fresh.has(name))
    .map((name) => `${name} (removed)`);
  const others = [...fresh].flatMap(([name, object]) => {
    const was = old.get(name);
    if (was === undefined) return [`${name} (new)`];
    if (JSON.stringify(was) === JSON.stringify(object)) return [];
    const files = differingFiles(was, object);
    return [files.length > 0 ? `${name} (${files.join(', ')})` : name];
  });
  return [...others, ...gone];
}

function objectsOf(yaml: string): Map<string, Manifest> {
  const documents = parseAllDocuments(yaml, { logLevel: 'error' });
  const objects = [...documents].map((document) => (document.toJS() ?? {}) as Manifest);
  return new Map(objects.map((object) => [nameOf(object), object]));
}

function nameOf({ kind, metadata }: Manifest): string {
  const { name, namespace } = metadata ?? {};
  // The endpoint's own namespace goes without saying, but a policy's does not.
  return `${kind ?? 'object'} ${kind === 'NetworkPolicy' ? `${namespace ?? ''}/` : ''}${name ?? ''}`;
}

function differingFiles({ data: old = {} }: Manifest, { data: fresh = {} }: Manifest): string[] {
  const files = new Set([...Object.keys(old), ...Object.keys(fresh)]);
  return [...files].filter((file) => old[file] !== fresh[file]).sort();
}
