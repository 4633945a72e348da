import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

/** An empty folder that is gone after the tests of the file. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wireguard-keys-'));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Every file below a folder with its content, by relative path. */
export function filesBelow(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    paths.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')]),
  );
}

/** The forms in which a base64 key could show up somewhere. */
export function disguises(key: string): readonly string[] {
  const bytes = Buffer.from(key, 'base64');
  return [
    key.slice(0, 43),
    Buffer.from(key).toString('base64').slice(0, 56),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('latin1'),
  ];
}

/** What an encrypted file holds, as the npm package sops-age opens it. */
export async function openWithSopsAge(encrypted: string, identity: string): Promise<unknown> {
  const { decryptSops } = await import('sops-age');
  return decryptSops(encrypted, { secretKey: identity, fileType: 'yaml' });
}
