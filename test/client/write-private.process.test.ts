import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes a file, and dies by SIGKILL at a given call of the file system. */
const VICTIM = `
  const fs = require('node:fs');
  let left = Number(process.argv[2]);
  for (const name of ['openSync', 'writeFileSync', 'writeSync', 'fsyncSync', 'closeSync', 'renameSync']) {
    const original = fs[name];
    fs[name] = (...given) => {
      if (left-- === 0) process.kill(process.pid, 'SIGKILL');
      return original(...given);
    };
  }
  require(process.argv[3]).writePrivate(process.argv[1], 'new '.repeat(10000));
`;

test('killed at any step, the old file or the new one is there whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'write-private-'));
  const file = join(folder, 'file');
  const source = join(__dirname, '../../lib/client/write-private.ts');
  try {
    const outcomes: string[] = [];
    for (let step = 0; outcomes.at(-1) !== 'finished'; step++) {
      writeFileSync(file, 'old '.repeat(10000), { mode: 0o644 });
      // The transformation of the source is cached: loading it calls none of these.
      const victim = ['-r', 'tsx/cjs', '-e', VICTIM, file, `${step}`, source];
      const { signal, status } = spawnSync(process.execPath, victim, { stdio: 'inherit' });
      const text = readFileSync(file, 'utf8');
      expect(['old '.repeat(10000), 'new '.repeat(10000)]).toContain(text);
      const word = text.slice(0, 3);
      if (word === 'new') expect(statSync(file).mode & 0o777).toBe(0o600);
      outcomes.push(signal === 'SIGKILL' ? word : status === 0 ? 'finished' : 'failed');
    }
    expect(outcomes).not.toContain('failed');
    expect(outcomes).toEqual(expect.arrayContaining(['old', 'new', 'finished']));
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual(['file']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
