import { Yaml } from 'cdk8s';
import { scripts } from '../../lib/manifests/pod/scripts';

/**
 * Manifests as YAML for a reviewer: what the shell files say is reviewed where they are written, so
 * a ConfigMap shows only that it has them.
 */
export function reviewable(manifests: readonly object[]): string {
  return manifests
    .map((manifest) => {
      if (!('data' in manifest)) return manifest;
      const data = Object.entries(manifest.data as Record<string, string>).map(([file, text]) =>
        file in scripts ? [file, `(lib/manifests/pod/${file})`] : [file, text],
      );
      return { ...manifest, data: Object.fromEntries(data) as unknown };
    })
    .map((manifest) => Yaml.stringify(manifest))
    .join('---\n');
}
