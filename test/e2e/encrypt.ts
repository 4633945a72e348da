/** Encrypts the key on standard input for cluster myth in the folder given; run by keys-interop. */
import { text } from 'node:stream/consumers';
import { encryptHostKey } from '../../lib/keys/keygen';
import { inventory } from '../keys/inventory';

async function main(): Promise<void> {
  const [folder, rotate] = process.argv.slice(2);
  const imported = await text(process.stdin);
  await encryptHostKey(inventory(), { folder, rotate: rotate === '--rotate', imported });
}

void main();
