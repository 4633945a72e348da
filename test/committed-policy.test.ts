import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { committedEgress } from '../lib/committed-policy';
import { myth } from './an-inventory';
import { emptyFolder } from './keys/fixtures';

const rule = (port: number) => ({ ports: [{ port }] });

/** A policy as it stands in a manifest. */
const policy = (name: string, port: number, namespace = 'wireguard', kind = 'NetworkPolicy') =>
  `kind: ${kind}\nmetadata: { name: ${name}, namespace: ${namespace} }\nspec: ${JSON.stringify({ egress: [rule(port)] })}\n`;

const isolated = myth({ isolate: true });

/** A folder in which `dist/myth` has a manifest of these objects. */
function manifest(...objects: readonly string[]): string {
  const folder = emptyFolder();
  mkdirSync(join(folder, 'dist/myth'), { recursive: true });
  write(folder, ...objects);
  return folder;
}

function write(folder: string, ...objects: readonly string[]): void {
  writeFileSync(join(folder, 'dist/myth/wireguard.k8s.yaml'), objects.join('---\n'));
}

test('what a manifest lets out is what its two policies say, whatever is beside them', () => {
  const folder = manifest(
    policy('wireguard', 1, 'wireguard', 'StatefulSet'),
    policy('wireguard', 2, 'vpn'),
    policy('other', 3),
    policy('wireguard', 4),
    policy('wireguard-before', 5),
  );
  expect(committedEgress(join(folder, 'dist'), isolated)).toEqual({
    now: [rule(4)],
    before: [rule(5)],
  });
});

test('without a second policy nothing more is let out', () => {
  const folder = manifest(policy('wireguard', 4));
  expect(committedEgress(join(folder, 'dist'), isolated)).toEqual({ now: [rule(4)], before: [] });
});

test.each([
  ['no manifest', emptyFolder, isolated],
  ['no policy', () => manifest('kind: Service\n'), isolated],
  ['no isolation', () => manifest(policy('wireguard', 4)), myth()],
])('%s, nothing to compare with', (_, folder, inventory) => {
  expect(committedEgress(join(folder(), 'dist'), inventory)).toBeUndefined();
});

test('the last commit counts, where there is one', () => {
  const folder = manifest(policy('wireguard', 1));
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
  for (const args of [['init'], ['add', '.'], ['commit', '-m', 'one']])
    execFileSync('git', ['-C', folder, ...identity, ...args], { stdio: 'ignore' });
  write(folder, policy('wireguard', 2));
  expect(committedEgress(join(folder, 'dist'), isolated)?.now).toEqual([rule(1)]);
});
