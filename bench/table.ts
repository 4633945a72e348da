/** Prints a Markdown table. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): void {
  const lines = [heading, heading.map(() => '---'), ...rows];
  console.log(lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n') + '\n');
}

/** The middle of the values, the upper one of two; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
