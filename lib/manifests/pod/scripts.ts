import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const script = (name: string) => readFileSync(join(__dirname, name), 'utf8');

/** The shell files of the pod: the same bytes for every cluster, data reaches them as files. */
export const scripts = {
  'init.sh': script('init.sh'),
  'mounted.sh': script('mounted.sh'),
  'alive.sh': script('alive.sh'),
  'tools.sh': script('tools.sh'),
  'link.sh': script('link.sh'),
  'confinement.sh': script('confinement.sh'),
  'network.sh': script('network.sh'),
  'peers.sh': script('peers.sh'),
  'adopt.sh': script('adopt.sh'),
  'watch.sh': script('watch.sh'),
  'proxy.sh': script('proxy.sh'),
  'names.sh': script('names.sh'),
  'refusals.sh': script('refusals.sh'),
  'settings.sh': script('settings.sh'),
  'bounds.sh': script('bounds.sh'),
  'workers.sh': script('workers.sh'),
} as const;

/** Changes when the scripts do: a running shell does not read its file anew, so the pod restarts. */
export const scriptsChecksum = createHash('sha256')
  .update(Object.values(scripts).join('\0'))
  .digest('hex');
