import { styleText } from 'node:util';
import { printable } from './printable';

/** A line, or its parts, of which some have a colour. */
export type Line = string | readonly (string | Coloured)[];

interface Coloured {
  readonly text: string;
  /** Shown on a terminal, unless `NO_COLOR` is set. */
  readonly colour: 'green' | 'yellow' | 'red';
}

/** Prints lines on standard output, whatever they hold: see {@link printable}. */
export function print(...lines: readonly Line[]): void {
  for (const line of lines) console.log(render(line, process.stdout));
}

/** Prints lines on standard error, whatever they hold: see {@link printable}. */
export function log(...lines: readonly Line[]): void {
  for (const line of lines) console.error(render(line, process.stderr));
}

function render(line: Line, { isTTY }: { readonly isTTY?: boolean }): string {
  const isColoured = isTTY === true && process.env['NO_COLOR'] === undefined;
  return [line]
    .flat()
    .map((part) => {
      if (typeof part === 'string') return printable(part);
      const text = printable(part.text);
      // Node would look at standard output, whichever stream this is for.
      return isColoured ? styleText(part.colour, text, { validateStream: false }) : text;
    })
    .join('');
}
