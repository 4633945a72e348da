import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * A ConfigMap or Secret volume, written as the kubelet does (kubernetes, pkg/volume/util,
 * atomic_writer.go): files live in a dated folder, `..data` links to it and is swapped in one step,
 * and every file is a link through `..data`.
 */
export class Volume {
  private writes = 0;

  constructor(readonly path: string) {
    mkdirSync(path, { recursive: true });
  }

  write(files: Readonly<Record<string, string>>, mode = 0o644): void {
    const data = join(this.path, '..data');
    const old = existsSync(data) ? readlinkSync(data) : undefined;
    const dated = `..2026_01_01_${String(this.writes++).padStart(6, '0')}`;
    mkdirSync(join(this.path, dated));
    for (const [file, content] of Object.entries(files)) {
      writeFileSync(join(this.path, dated, file), content);
      chmodSync(join(this.path, dated, file), mode);
    }
    symlinkSync(dated, `${data}_tmp`);
    renameSync(`${data}_tmp`, data);
    for (const file of Object.keys(files)) {
      if (!existsSync(join(this.path, file))) symlinkSync(`..data/${file}`, join(this.path, file));
    }
    for (const entry of readdirSync(this.path)) {
      if (!entry.startsWith('..') && !(entry in files)) rmSync(join(this.path, entry));
    }
    if (old) rmSync(join(this.path, old), { recursive: true });
  }
}
