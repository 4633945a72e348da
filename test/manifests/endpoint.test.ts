import { ApiObject, App, Chart, JsonPatch, Testing, type ChartProps } from 'cdk8s';
import { InventoryError, loadInventory, WireguardEndpoint, type InventoryInput } from '../../lib';
import { myth } from '../an-inventory';

const input: InventoryInput = { network: '10.1.3.16/28', peers: {}, services: {} };

const endpoint = (props: { inventory: InventoryInput; cluster?: string }) =>
  new WireguardEndpoint(new Chart(new App(), 'chart'), 'The_Endpoint', props);

test('the cluster of an inventory in TypeScript is named by a property, not by the id', () => {
  expect(endpoint({ inventory: input }).inventory.cluster).toBe('wireguard');
  expect(endpoint({ inventory: input, cluster: 'yen' }).inventory.cluster).toBe('yen');
  expect(() => endpoint({ inventory: { ...input, mtu: 1 }, cluster: 'yen' })).toThrow(
    new InventoryError(['yen: mtu: 1: must be 1280 to 65456']),
  );
});

test('a checked inventory keeps its name; a changed copy is refused in a sentence', () => {
  const chart = new Chart(new App(), 'chart');
  const made = new WireguardEndpoint(chart, 'one', { inventory: myth(), cluster: 'yen' });
  expect(made.inventory.cluster).toBe('myth');
  const copy = { ...myth(), replicas: 2 };
  expect(() => new WireguardEndpoint(chart, 'two', { inventory: copy })).toThrow(
    /^wireguard: this is a changed copy of a checked inventory[^\n]*$/,
  );
});

describe('what it made', () => {
  const everything = (chart: Chart) =>
    new WireguardEndpoint(chart, 'endpoint', {
      inventory: loadInventory('test/fixtures/valid/everything.yaml'),
    });

  test('is all there as members, and no object is made that is not one', () => {
    const made = everything(new Chart(new App(), 'chart'));
    const { namespace, configMaps, secrets, statefulSet, disruptionBudget } = made;
    const { service, networkPolicies, endpointPolicy, podMonitor } = made;
    expect(made.objects).toEqual([
      namespace,
      ...configMaps,
      ...secrets,
      statefulSet,
      disruptionBudget,
      service,
      ...networkPolicies,
      endpointPolicy,
      podMonitor,
    ]);
  });

  test('can be patched, and depended on', () => {
    const chart = new Chart(new App(), 'chart');
    const { service, statefulSet, namespace } = everything(chart);
    ApiObject.of(service).addJsonPatch(JsonPatch.add('/spec/externalIPs', ['192.0.2.1']));
    const first = new ApiObject(chart, 'first', { apiVersion: 'v1', kind: 'ConfigMap' });
    namespace.addDependency(first);
    statefulSet.addDependency(namespace);
    const manifests = Testing.synth(chart) as { kind: string; spec: object }[];
    expect(manifests[0]?.kind).toBe('ConfigMap');
    expect(manifests.find(({ kind }) => kind === 'Service')?.spec).toMatchObject({
      externalIPs: ['192.0.2.1'],
    });
  });
});

describe('the chart', () => {
  const inChart = (props: ChartProps) => {
    const chart = new Chart(new App(), 'chart', props);
    new WireguardEndpoint(chart, 'endpoint', { inventory: input });
    return Testing.synth(chart) as {
      kind: string;
      metadata: { namespace?: string; labels: object };
      spec: unknown;
    }[];
  };

  test('may have the namespace of the inventory, which a Namespace itself has not', () => {
    const namespaces = (props: ChartProps) =>
      inChart(props).map(({ kind, metadata }) => [kind, metadata.namespace]);
    expect(namespaces({ namespace: 'wireguard' })).toEqual(namespaces({}));
    expect(namespaces({})).toContainEqual(['Namespace', undefined]);
  });

  test('may have no other namespace', () => {
    expect(() => inChart({ namespace: 'vpn' })).toThrow(
      'chart "chart" has the namespace "vpn", the inventory of wireguard "wireguard"; set `namespace` in the inventory alone',
    );
  });

  test('labels every object and the pod, and leaves the selector alone', () => {
    const manifests = inChart({ labels: { team: 'db', app: 'mine' } });
    for (const { metadata } of manifests) expect(metadata.labels).toMatchObject({ team: 'db' });
    expect(manifests.find(({ kind }) => kind === 'StatefulSet')?.spec).toMatchObject({
      selector: { matchLabels: { app: 'wireguard' } },
      template: { metadata: { labels: { team: 'db', app: 'wireguard' } } },
    });
  });
});

describe('two endpoints in one app', () => {
  const two = (
    one: Partial<InventoryInput>,
    other: Partial<InventoryInput>,
    clusters: readonly [string, string],
  ) => {
    const app = new App();
    for (const [index, more] of [one, other].entries()) {
      new WireguardEndpoint(new Chart(app, `chart-${index}`), 'endpoint', {
        inventory: { ...input, ...more },
        cluster: clusters[index],
      });
    }
  };

  test('of two clusters have the same names', () => {
    expect(() => {
      two({}, {}, ['myth', 'yen']);
    }).not.toThrow();
  });

  test('of one cluster have namespaces of their own', () => {
    expect(() => {
      two({}, { namespace: 'vpn' }, ['myth', 'myth']);
    }).not.toThrow();
    expect(() => {
      two({}, {}, ['myth', 'myth']);
    }).toThrow(
      '"chart-1/endpoint" and "chart-0/endpoint" both make the Namespace wireguard of the cluster myth',
    );
  });

  test('of one cluster do not overwrite each other in the namespaces they lead to', () => {
    const services = {
      1: [{ name: 'db', dest: 'db.db.svc.cluster.local:5432', port: 5432 }],
    };
    expect(() => {
      two(
        { services, networkPolicies: ['db'] },
        { services, networkPolicies: ['db'], namespace: 'vpn' },
        ['myth', 'myth'],
      );
    }).toThrow('both make the NetworkPolicy db/allow-from-wireguard of the cluster myth');
  });
});

describe('labels', () => {
  const labelled = (labels: Record<string, string>) => {
    const chart = new Chart(new App(), 'chart');
    new WireguardEndpoint(chart, 'endpoint', { inventory: { ...input, labels } });
    const { spec } = (Testing.synth(chart) as { kind: string; spec: unknown }[]).find(
      ({ kind }) => kind === 'StatefulSet',
    ) ?? { spec: undefined };
    return spec as {
      selector: { matchLabels: object };
      template: { metadata: { labels: object } };
    };
  };

  test('decorate: a new one leaves the selector, which cannot change, as it is', () => {
    const [before, after] = [labelled({ app: 'vpn' }), labelled({ app: 'vpn', team: 'db' })];
    expect(before.selector.matchLabels).toEqual({ app: 'vpn' });
    expect(after.selector).toEqual(before.selector);
    expect(after.template.metadata.labels).toEqual({ app: 'vpn', team: 'db' });
  });

  test('need not name the label that selects', () => {
    const { selector, template } = labelled({ team: 'db' });
    expect(selector.matchLabels).toEqual({ app: 'wireguard' });
    expect(template.metadata.labels).toEqual({ app: 'wireguard', team: 'db' });
  });
});
