import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart, Yaml } from 'cdk8s';
import { committedEgress } from '../../lib/committed-policy';
import type { Inventory } from '../../lib/inventory/inventory';
import { WireguardEndpoint } from '../../lib/manifests/endpoint';
import { myth } from '../an-inventory';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'policy-before-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const isolated = (namespace: string) =>
  myth({
    isolate: true,
    networkPolicies: [],
    services: { 1: [{ name: 'db', dest: `db.${namespace}.svc.cluster.local:5432`, port: 5432 }] },
  });

/** Synthesizes as main.ts does: the file, and the namespaces its second policy opens. */
function synth(inventory: Inventory): { file: string; before: string[] } {
  const outdir = join(folder, 'dist');
  const chart = new Chart(new App(), 'wireguard');
  const { policyBefore } = new WireguardEndpoint(chart, 'endpoint', {
    inventory,
    committedEgress: committedEgress(outdir, inventory),
  });
  const file = Yaml.stringify(...(chart.toJson() as object[]));
  mkdirSync(join(outdir, 'myth'), { recursive: true });
  writeFileSync(join(outdir, 'myth/wireguard.k8s.yaml'), file);
  const names = JSON.stringify(policyBefore?.toJson() ?? {}).matchAll(/metadata.name":"([^"]+)/g);
  return { file, before: [...names].map(([, name = '']) => name) };
}

function git(...args: readonly string[]): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org'];
  execFileSync('git', ['-C', folder, ...identity, ...args], { stdio: 'ignore' });
}

describe('under git', () => {
  beforeEach(() => {
    git('init');
    synth(isolated('old'));
    git('add', '.');
    git('commit', '-m', 'old');
  });

  test('what a changed destination was stays open, whatever was tried since the commit', () => {
    expect(synth(isolated('mistaken')).before).toEqual(['old']);
    expect(synth(isolated('new')).before).toEqual(['old']);
  });

  test('a commit makes the same bytes again, also where dist/ was removed', () => {
    const { file } = synth(isolated('new'));
    git('commit', '-am', 'new');
    rmSync(join(folder, 'dist'), { recursive: true });
    expect(synth(isolated('new')).file).toBe(file);
  });

  test('the next change closes it', () => {
    synth(isolated('new'));
    git('commit', '-am', 'new');
    expect(synth(isolated('newest')).before).toEqual(['new']);
  });

  test('a change back opens both', () => {
    synth(isolated('new'));
    git('commit', '-am', 'new');
    expect(synth(isolated('old')).before).toEqual(['new']);
  });

  test('what is only opened closes nothing, and has no second policy', () => {
    const { services } = isolated('old');
    const more = myth({
      isolate: true,
      networkPolicies: [],
      services: {
        1: [{ name: 'db', dest: 'db.old.svc.cluster.local:5432', port: 5432 }],
        2: [{ name: 'web', dest: 'web.new.svc.cluster.local:80', port: 80 }],
      },
    });
    expect(more.services).toHaveLength(services.length + 1);
    const { file, before } = synth(more);
    expect(before).toEqual([]);
    expect(file.match(/^kind: NetworkPolicy$/gm)).toHaveLength(1);
  });

  test('no change, no second policy', () => {
    expect(synth(isolated('old')).before).toEqual([]);
  });
});

test('without git the file that is there counts', () => {
  synth(isolated('old'));
  expect(synth(isolated('new')).before).toEqual(['old']);
  expect(synth(isolated('new')).before).toEqual(['old']);
});

test('where the endpoint is no longer isolated, a policy would close it', () => {
  synth(isolated('old'));
  expect(synth(myth({ isolate: false })).before).toEqual([]);
  expect(synth(isolated('new')).before).toEqual([]);
});

test('another namespace has other pods', () => {
  synth(isolated('old'));
  const { before } = synth(myth({ isolate: true, namespace: 'vpn', networkPolicies: [] }));
  expect(before).toEqual([]);
});

test('the second policy is for the same pods, and for what goes out alone', () => {
  const egress = [{ ports: [{ port: 1 }] }];
  const committed = { now: egress, before: [] };
  const inventory = isolated('new');
  const { policyBefore } = new WireguardEndpoint(new Chart(new App(), 'wireguard'), 'endpoint', {
    inventory,
    committedEgress: committed,
  });
  expect(policyBefore?.toJson()).toEqual({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'wireguard-before', namespace: 'wireguard' },
    spec: {
      podSelector: { matchLabels: { app: 'wireguard' } },
      policyTypes: ['Egress'],
      egress,
    },
  });
});

test('without a policy of its own it needs no second one', () => {
  const committedEgress = { now: [{ ports: [{ port: 1 }] }], before: [] };
  const chart = new Chart(new App(), 'wireguard');
  const made = new WireguardEndpoint(chart, 'endpoint', { inventory: myth(), committedEgress });
  expect(made.policyBefore).toBeUndefined();
});
