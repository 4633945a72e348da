import type { ContainerName, Resources } from './inventory';
import type { Rule } from './grammar';

/** Requests of each container unless the inventory says otherwise; the first are the article's. No limits. */
export const defaultResources = {
  wireguard: { requests: { cpu: '10m', memory: '15Mi' } },
  nginx: { requests: { cpu: '10m', memory: '48Mi' } },
  exporter: { requests: { cpu: '10m', memory: '16Mi' } },
} satisfies Record<ContainerName, Resources>;

const units: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The number a Kubernetes quantity stands for, or nothing if it is none we take. */
export function quantity(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?)([mkMGT]|[KMGT]i)?$/.exec(text) ?? [];
  const factor = units[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

/** Processor time: `10m` is a hundredth of a core. */
export const cpu: Rule = (value) =>
  (quantity(value) ?? 0) >= 0.001 && !value.endsWith('i')
    ? undefined
    : 'must be a quantity of processor time such as 10m, 0.5 or 2';

/** Bytes. Kubernetes would take `15m` for 15 thousandths of a byte. */
export const memory: Rule = (value) => {
  if (value.endsWith('m') && quantity(value) !== undefined)
    return `is a fraction of a byte; write ${value.slice(0, -1)}Mi`;
  return (quantity(value) ?? 0) >= 1
    ? undefined
    : 'must be a quantity of bytes such as 15Mi, 1Gi or 500M';
};

/** The defaults with what the inventory says laid over them, container by container. */
export function mergeResources(
  given: Readonly<Partial<Record<ContainerName, Resources>>>,
): Record<ContainerName, Resources> {
  const merge = (container: ContainerName): Resources => {
    const base = defaultResources[container];
    const { requests, limits } = given[container] ?? {};
    return { requests: { ...base.requests, ...requests }, ...(limits && { limits }) };
  };
  return {
    wireguard: merge('wireguard'),
    nginx: merge('nginx'),
    exporter: merge('exporter'),
  };
}
