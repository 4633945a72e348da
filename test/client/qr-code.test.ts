import jsqr from 'jsqr';
import { PNG } from 'pngjs';
import { type QrCode, qrCode, qrLines, qrPng, qrSvg } from '../../lib/client/qr-code';

const KEY = 'uNYSDDQmmnb2rC4lDJTgZ5c27VvdFZ9KZ+9fYTRTVG4=';

const TEXT = `[Interface]
PrivateKey = ${KEY}
Address = 10.1.2.4/32
`;

/** What another library reads in an image; undefined when it finds no code. */
function decode({ width, height, data }: PNG): string | undefined {
  return jsqr(new Uint8ClampedArray(data), width, height)?.data;
}

const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m';
const RESET = '\u001b[0m';

/** An image of what a terminal shows: its half blocks, a square of 4 pixels each. */
function photograph(lines: readonly string[]): PNG {
  const rows = lines.flatMap((line) => {
    const blocks = line.slice(BLACK_ON_WHITE.length, -RESET.length).split(/(?:)/u);
    return [blocks.map((b) => '█▀'.includes(b)), blocks.map((b) => '█▄'.includes(b))];
  });
  return paint(rows);
}

function paint(rows: readonly (readonly boolean[])[]): PNG {
  const image = new PNG({ width: (rows[0]?.length ?? 0) * 4, height: rows.length * 4 });
  for (let at = 0; at < image.width * image.height; at += 1) {
    const [x, y] = [(at % image.width) >> 2, Math.floor(at / image.width) >> 2];
    image.data.fill(rows[y]?.[x] ? 0 : 255, at * 4, at * 4 + 3);
    image.data[at * 4 + 3] = 255;
  }
  return image;
}

/** The modules of an SVG: its path, read as squares. */
function modulesOf(svg: string): boolean[][] {
  const side = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const rows = Array.from({ length: side }, () => Array<boolean>(side).fill(false));
  for (const [, x, y, run] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    rows[Number(y)]?.fill(true, Number(x), Number(x) + Number(run));
  }
  return rows;
}

let code: QrCode;
beforeAll(async () => {
  code = await qrCode(TEXT);
});

test('another library reads it off a terminal, black on white whatever the colours are', () => {
  const lines = qrLines(code);
  expect(decode(photograph(lines))).toBe(TEXT);
  for (const line of lines) {
    expect(line.startsWith(BLACK_ON_WHITE) && line.endsWith(RESET)).toBe(true);
  }
  expect(lines).toHaveLength(Math.ceil(code.length / 2));
});

test('another library reads it in a PNG', async () => {
  expect(decode(PNG.sync.read(await qrPng(code)))).toBe(TEXT);
});

test('another library reads it in an SVG, which has a background of its own', () => {
  const svg = qrSvg(code);
  expect(decode(paint(modulesOf(svg)))).toBe(TEXT);
  expect(svg).toContain(`<rect width="${code.length}" height="${code.length}" fill="#fff"/>`);
});

test('the same text makes the same bytes', async () => {
  expect(await qrPng(await qrCode(TEXT))).toEqual(await qrPng(code));
});
