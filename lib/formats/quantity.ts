import { write, type Rule } from './parse-result';

const UNITS: Readonly<Record<string, number>> = {
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

/** The number a Kubernetes quantity stands for; undefined for what is none or is not taken here. */
function readQuantity(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,15}(?:\.\d{1,3})?)([mkMGT]|[KMGT]i)?$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return number === undefined || factor === undefined ? undefined : Number(number) * factor;
}

/** Whether one quantity is less than another. */
export function isLess(one: string, other: string): boolean {
  return (readQuantity(one) ?? NaN) < (readQuantity(other) ?? NaN);
}

/** Processor time: `10m` is a hundredth of a core. */
export const cpu: Rule = (text) =>
  (readQuantity(text) ?? 0) >= 0.001 && !text.endsWith('i')
    ? undefined
    : 'must be a quantity of processor time such as 10m, 0.5 or 2';

/** Bytes. Kubernetes would take `15m` for 15 thousandths of a byte. */
export const memory: Rule = (text) => {
  if (text.endsWith('m') && readQuantity(text) !== undefined)
    return `is a fraction of a byte${write(`${text.slice(0, -1)}Mi`)}`;
  return (readQuantity(text) ?? 0) >= 1
    ? undefined
    : 'must be a quantity of bytes such as 15Mi, 1Gi or 500M';
};
