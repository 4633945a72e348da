/** Loopback port on which an nginx worker says which configuration it serves; `proxy.sh` asks it. */
export const STATUS_PORT = 9342;

/** The Prometheus exporter's own default. */
export const METRICS_PORT = 9586;
