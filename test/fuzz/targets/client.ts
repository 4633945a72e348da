import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CLIENT_FORMATS, clientFiles } from '../../../lib/client/client-files';
import { configurationFile } from '../../../lib/client/configuration';
import { lookUpConfiguration } from '../../../lib/client/lookup';
import { tunnelOf } from '../../../lib/client/tunnel';
import { aPeer, myth } from '../../an-inventory';
import { checkShown, harmless, scratch } from '../harmless';

const folder = scratch('client');
const inventory = myth({ dns: undefined });
const file = join(folder, configurationFile('myth'));

export const seeds = [
  { network: '10.1.3.16/28', port: 30342, pubkey: 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=' },
  {
    port: 342,
    pubkey: 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=',
    endpoint: 'fd00::7',
    mtu: 1280,
  },
  { port: 342, pubkey: 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=', endpoint: 'a.example.org' },
].map((content) => stringify(content));

/** The file that `npm run dns` writes and `npm run client` reads. */
export async function fuzz(data: Buffer): Promise<void> {
  writeFileSync(file, data);
  await harmless(() => {
    const configuration = lookUpConfiguration(inventory, { folder, secretsDir: folder });
    const tunnel = tunnelOf(inventory, aPeer('hero'), configuration);
    for (const format of CLIENT_FORMATS)
      for (const { text } of clientFiles(tunnel, format)) text.split('\n').forEach(checkShown);
  });
}
