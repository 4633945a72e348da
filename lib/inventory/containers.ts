/**
 * What runs when the inventory names no image: the only place to change for an upgrade.
 *
 * `alpine` is the article's plain image, here pinned to one build; it installs what it lacks at the
 * pod's first start.
 */
export const defaultImages = {
  wireguard:
    'alpine:3.24.1@sha256:28bd5fe8b56d1bd048e5babf5b10710ebe0bae67db86916198a6eec434943f8b',
  nginx:
    'nginx:1.30.4-alpine3.24@sha256:97d490c12ba55b4946b01546d1c3ed324e8d41ab1c9fcb2a616aa470620e5b46',
  exporter: 'mindflavor/prometheus-wireguard-exporter:3.6.6',
};

/** Requests of each container unless the inventory says otherwise; the first are the article's. */
export const defaultRequests: Readonly<Record<ContainerName, Requests>> = {
  wireguard: { cpu: '10m', memory: '15Mi' },
  nginx: { cpu: '10m', memory: '48Mi' },
  exporter: { cpu: '10m', memory: '16Mi' },
};

interface Requests {
  /** Processor time. */
  readonly cpu: string;
  /** Bytes. */
  readonly memory: string;
}

/** A container of the pod. */
export type ContainerName = keyof typeof defaultImages;
