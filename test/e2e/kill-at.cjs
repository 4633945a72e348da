/**
 * Loaded before a program: kills it, as `kill -9` would, before its system call number KILL_AT that
 * changes something under the folder KILL_IN; a write is begun first.
 */
const fs = require('node:fs');
const process = require('node:process');

let calls = 0;
const begin = {
  writeFileSync: (path, content, options) => write(path, content.slice(0, 40), options),
};
const write = fs.writeFileSync;

for (const name of [
  'mkdirSync',
  'writeFileSync',
  'linkSync',
  'renameSync',
  'fsyncSync',
  'rmSync',
]) {
  const call = fs[name];
  fs[name] = (...args) => {
    const inside = name === 'fsyncSync' || String(args[0]).startsWith(process.env.KILL_IN);
    if (inside && ++calls === Number(process.env.KILL_AT)) {
      begin[name]?.(...args);
      process.kill(process.pid, 'SIGKILL');
    }
    return call(...args);
  };
}
