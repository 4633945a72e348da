// watch.mjs HOST PORT: makes a new connection ten times a second. For each line on standard input it
// prints what came of them since the last: how many were answered and failed, who answered last, and
// the longest time without an answer, in milliseconds.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [host, port] = process.argv.slice(2);
let seen = { answered: 0, failed: 0, gapMs: 0 };
let last = performance.now();
let by = '';

function gap() {
  const now = performance.now();
  seen.gapMs = Math.max(seen.gapMs, Math.round(now - last));
  return now;
}

setInterval(() => {
  const socket = connect({ host, port: Number(port) }, () => socket.write('?\n'));
  socket.setTimeout(1000, () => socket.destroy());
  let answer = false;
  socket.on('data', (data) => {
    answer = true;
    by = data.toString().trim();
    last = gap();
    socket.end();
  });
  socket.on('error', () => {});
  socket.on('close', () => seen[answer ? 'answered' : 'failed']++);
}, 100);

createInterface({ input: process.stdin }).on('line', () => {
  gap();
  console.log(JSON.stringify({ ...seen, by }));
  seen = { answered: 0, failed: 0, gapMs: 0 };
});
