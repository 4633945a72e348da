import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jsqr from 'jsqr';
import { stringify } from 'yaml';
import { loadInventory } from '../../lib/inventory/load';
import { publicKeyOf } from '../../lib/keys/wireguard-key';
import { article, reachable } from '../an-inventory';
import { parseAsApp } from '../client/app-parser';

const ROOT = join(__dirname, '../..');
const PIXELS = 4;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'peer-'));
  mkdirSync(join(folder, 'inventory'));
  writeFileSync(join(folder, 'inventory/myth.yaml'), stringify({ ...article, ...reachable }));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the command on a terminal of a size, and returns what that was sent. */
function onTerminal(columns: number, rows: number): { screen: string; status: number | null } {
  const run = `${process.execPath} ${ROOT}/bin/run.cjs ${ROOT}/lib/commands/peer.ts myth phone`;
  const command = `stty cols ${columns} rows ${rows}; ${run}`;
  const { stdout, status, error } = spawnSync('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (error) throw new Error('script is missing: apt-get install bsdutils');
  return { screen: stdout, status };
}

/** What a camera sees of the lines in black on white, decoded by another library. */
function scan(screen: string): string | undefined {
  const lines = screen
    .split(/\r?\n/)
    .map((line) => /48;5;231m([ █▀▄]+)/u.exec(line)?.[1])
    .filter((line) => line !== undefined);
  const rows = lines.flatMap((line) =>
    ['█▀', '█▄'].map((dark) => Array.from(line, (block) => dark.includes(block))),
  );
  const width = (rows[0]?.length ?? 0) * PIXELS;
  const image = new Uint8ClampedArray(width * rows.length * PIXELS * 4).map((_, at) => {
    const [x, y] = [(at >> 2) % width, Math.floor((at >> 2) / width)];
    const isDark = rows[Math.floor(y / PIXELS)]?.[Math.floor(x / PIXELS)];
    return isDark && at % 4 !== 3 ? 0 : 255;
  });
  return jsqr(image, width, rows.length * PIXELS)?.data;
}

test('a terminal shows a QR code that every app takes', () => {
  const { screen, status } = onTerminal(100, 50);
  expect(status).toBe(0);
  const { interface: own } = parseAsApp(scan(screen) ?? '', 'myth');
  const { peers } = loadInventory(join(folder, 'inventory/myth.yaml'));
  const phone = peers.find(({ name }) => name === 'phone');
  expect(phone?.publicKey).toBe(publicKeyOf(own['privatekey'] ?? ''));
  expect(own['address']).toBe(phone?.address.cidr);
});

test.each([
  [60, 50],
  [100, 30],
])(
  'a terminal of %i columns and %i lines is too small, and nothing is written',
  (columns, rows) => {
    const before = readFileSync(join(folder, 'inventory/myth.yaml'), 'utf8');
    const { screen, status } = onTerminal(columns, rows);
    expect(status).toBe(1);
    expect(screen).toContain(`and this terminal has ${columns} and ${rows}: enlarge its window`);
    expect(readFileSync(join(folder, 'inventory/myth.yaml'), 'utf8')).toBe(before);
  },
);
