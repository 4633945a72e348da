/** A QR code (ISO/IEC 18004): rows of modules, true for dark, with the quiet zone around them. */
export type QrCode = readonly (readonly boolean[])[];

/** The quiet zone the standard asks for, modules. */
const BORDER = 4;

/** Pixels of a module in an image: a code of 70 modules fills half a phone's screen. */
const SCALE = 8;

/**
 * The smallest code for a text.
 *
 * @throws Error for more than 2,953 bytes, which no code holds
 */
export async function qrCode(text: string): Promise<QrCode> {
  const { encodeQR } = await import('qr');
  return encodeQR(text, 'raw', { ecc: 'low', border: BORDER });
}

/** Black on white whatever the terminal's colours are: cameras do not read the inverse. */
const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m';
const RESET = '\u001b[0m';

/** Lines for a terminal with colours: as many columns as the code has modules, half as many lines. */
export function qrLines(code: QrCode): string[] {
  return code
    .filter((_, y) => y % 2 === 0)
    .map((upper, index) => {
      const lower = code[2 * index + 1] ?? [];
      const blocks = upper.map((dark, x) => (dark ? (lower[x] ? '█' : '▀') : lower[x] ? '▄' : ' '));
      return BLACK_ON_WHITE + blocks.join('') + RESET;
    });
}

/** A PNG file of shades of grey. */
export async function qrPng(code: QrCode): Promise<Buffer> {
  const { PNG } = await import('pngjs');
  const side = code.length * SCALE;
  const pixels = code.flatMap((row) => {
    const line = Buffer.from(row.flatMap((dark) => Array<number>(SCALE).fill(dark ? 0 : 255)));
    return Array<Buffer>(SCALE).fill(line);
  });
  const image = Object.assign(new PNG({ width: side, height: side }), {
    data: Buffer.concat(pixels),
  });
  // A byte a pixel; that rows repeat, deflate sees best where no filter is between.
  const grey = {
    colorType: 0,
    inputColorType: 0,
    inputHasAlpha: false,
    filterType: 0,
    deflateStrategy: 0,
  } as const;
  return PNG.sync.write(image, grey);
}

/** An SVG file: one path of a rectangle for each run of dark modules. */
export function qrSvg(code: QrCode): string {
  const runs = code.flatMap((row, y) =>
    [
      ...row
        .map((dark) => (dark ? '1' : '0'))
        .join('')
        .matchAll(/1+/g),
    ].map(({ index, 0: run }) => `M${index} ${y}h${run.length}v1h-${run.length}z`),
  );
  const side = code.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side * SCALE}" height="${side * SCALE}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges">`,
    `<rect width="${side}" height="${side}" fill="#fff"/>`,
    `<path d="${runs.join('')}" fill="#000"/>`,
    '</svg>',
    '',
  ].join('\n');
}
