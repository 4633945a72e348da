import { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Inventory } from '../inventory/inventory';
import { HOST_KEY_SECRET, PRESHARED_KEY_ENTRY, presharedKeySecret } from '../keys/host-key';
import type { Configuration } from './config-maps';
import { confined, networkAdmin, resources } from './container';
import { exporter } from './exporter';
import { podLabels, selectorLabels } from './labels';
import { HEALTH_PORT_NAME, NAME } from '../names';
import { paths } from './pod/paths';
import { scriptsChecksum } from './pod/scripts';

/** uid and gid of nginx in its official image; any image works with it. */
const NGINX_UID = 101;

/**
 * The pod: `wireguard` keeps wg0, `nginx` proxies. A StatefulSet for its predictable pod name.
 *
 * @param configuration what makes up the configuration folder
 * @param secretName name of the Secret with the private key
 */
export function statefulSet(
  scope: Construct,
  inventory: Inventory,
  configuration: Configuration,
  secretName: string = HOST_KEY_SECRET,
): k8s.KubeStatefulSet {
  const { annotations, ...scheduling } = inventory.pod;
  return new k8s.KubeStatefulSet(scope, 'stateful-set', {
    metadata: { name: NAME, namespace: inventory.namespace },
    spec: {
      serviceName: NAME,
      replicas: inventory.replicas,
      // Replicas do not wait for one another, and a broken pod does not block its own repair.
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: selectorLabels(inventory) },
      template: {
        metadata: {
          labels: podLabels(scope, inventory),
          // Everything else in the ConfigMap and the Secret is applied while the pod runs.
          annotations: { ...annotations, 'wireguard-endpoint/scripts': scriptsChecksum },
        },
        spec: {
          ...scheduling,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          // Everyone waits for it while one connection is open, and then another 15 s for WireGuard to
          // notice. It is for what is under way: a session that is held longer ends all the same.
          terminationGracePeriodSeconds: 5,
          securityContext: {
            seccompProfile: { type: 'RuntimeDefault' },
            // One of the sysctls Kubernetes counts as safe: nginx binds 443 without a capability.
            sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }],
          },
          topologySpreadConstraints: inventory.replicas > 1 ? [spread(inventory)] : undefined,
          containers: [
            wireguard(inventory),
            nginx(inventory),
            ...(inventory.metrics ? [exporter(inventory, configuration.files)] : []),
          ],
          volumes: volumes(inventory, configuration, secretName),
        },
      },
    },
  });
}

function wireguard(inventory: Inventory): k8s.Container {
  return {
    name: 'wireguard',
    image: inventory.images.wireguard,
    command: ['/bin/sh', `${paths.config}/init.sh`],
    ports: [{ name: NAME, containerPort: inventory.port, protocol: 'UDP' }],
    resources: resources(inventory, 'wireguard'),
    securityContext: networkAdmin,
    readinessProbe: probe('init.sh', readiness(inventory)),
    // It looks at the state of processes, not at the clock; a machine too slow to answer in time
    // must not lose its tunnel for it.
    livenessProbe: { ...probe('init.sh', 'alive'), periodSeconds: 10, timeoutSeconds: 60 },
    volumeMounts: [
      { name: 'config', mountPath: paths.config, readOnly: true },
      { name: 'host-key', mountPath: paths.hostKey, readOnly: true },
      ...(hasPresharedKeys(inventory)
        ? [{ name: 'preshared-keys', mountPath: paths.presharedKeys, readOnly: true }]
        : []),
      { name: 'wireguard-state', mountPath: paths.wireguardState },
      { name: 'tools', mountPath: paths.tools },
      ...(inventory.userspace ? [{ name: 'tun', mountPath: '/dev/net/tun' }] : []),
    ],
  };
}

function nginx(inventory: Inventory): k8s.Container {
  const { healthPort } = inventory.service;
  return {
    name: 'nginx',
    image: inventory.images.nginx,
    command: ['/bin/sh', `${paths.config}/proxy.sh`],
    ports:
      healthPort === undefined
        ? undefined
        : [{ name: HEALTH_PORT_NAME, containerPort: healthPort, protocol: 'TCP' }],
    resources: resources(inventory, 'nginx'),
    securityContext: {
      ...confined,
      runAsNonRoot: true,
      runAsUser: NGINX_UID,
      runAsGroup: NGINX_UID,
      capabilities: { drop: ['ALL'] },
    },
    readinessProbe: probe('proxy.sh', readiness(inventory)),
    livenessProbe: probe('proxy.sh', 'alive'),
    volumeMounts: [
      { name: 'config', mountPath: paths.config, readOnly: true },
      { name: 'nginx-state', mountPath: paths.nginxState },
    ],
  };
}

/**
 * One replica says it is not ready when it refused a file: the Service keeps sending to it. Several
 * would all say so at once and all lose their clients, so there only serving counts.
 */
function readiness(inventory: Inventory): 'ready' | 'serving' {
  return inventory.replicas === 1 ? 'ready' : 'serving';
}

function probe(script: string, question: string): k8s.Probe {
  return {
    exec: { command: ['/bin/sh', `${paths.config}/${script}`, question] },
    periodSeconds: 5,
    timeoutSeconds: 5,
  };
}

function spread(inventory: Inventory): k8s.TopologySpreadConstraint {
  return {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: selectorLabels(inventory) },
  };
}

function volumes(
  inventory: Inventory,
  { configMaps }: Configuration,
  secretName: string,
): k8s.Volume[] {
  return [
    {
      name: 'config',
      projected: { sources: configMaps.map(({ name }) => ({ configMap: { name } })) },
    },
    // Optional: the pod starts without, and its log says what it waits for.
    { name: 'host-key', secret: { secretName, defaultMode: 0o400, optional: true } },
    ...(hasPresharedKeys(inventory) ? [presharedKeys(inventory)] : []),
    { name: 'wireguard-state', emptyDir: {} },
    { name: 'nginx-state', emptyDir: {} },
    { name: 'tools', emptyDir: {} },
    ...(inventory.userspace
      ? [{ name: 'tun', hostPath: { path: '/dev/net/tun', type: 'CharDevice' } }]
      : []),
  ];
}

function hasPresharedKeys(inventory: Inventory): boolean {
  return inventory.peers.some((peer) => peer.psk);
}

function presharedKeys(inventory: Inventory): k8s.Volume {
  const sources = inventory.peers
    .filter((peer) => peer.psk)
    .map(({ name }) => ({
      secret: {
        name: presharedKeySecret(name),
        items: [{ key: PRESHARED_KEY_ENTRY, path: name }],
        optional: true,
      },
    }));
  return { name: 'preshared-keys', projected: { sources, defaultMode: 0o400 } };
}
