// hold.mjs HOST PORT COUNT PERIOD_MS: holds connections to an echo server and sends a line on each of
// them every period. For each line on standard input it prints what it has seen so far.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

const [host, port, count, period] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const seen = { open: 0, dropped: 0, echoes: 0, worstMs: 0 };
const lastEcho = new Map();

function hold() {
  const socket = connect({ host, port, noDelay: true });
  let sent;
  const send = () => {
    sent = performance.now();
    socket.write('x\n');
  };
  socket.on('connect', () => {
    seen.open++;
    send();
  });
  socket.on('data', () => {
    seen.echoes++;
    lastEcho.set(socket, performance.now());
    seen.worstMs = Math.max(seen.worstMs, performance.now() - sent);
    setTimeout(send, period * (0.5 + Math.random()));
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    seen.dropped++;
    lastEcho.delete(socket);
  });
}

// In batches, so that the burst of handshakes is no fault of its own.
for (let started = 0; started < count;) {
  for (let i = 0; i < 100 && started < count; i++, started++) hold();
  await new Promise((resolve) => setTimeout(resolve, 20));
}

createInterface({ input: process.stdin }).on('line', () => {
  const since = performance.now() - 10 * period;
  const echoing = [...lastEcho.values()].filter((time) => time > since).length;
  console.log(JSON.stringify({ ...seen, echoing }));
  seen.worstMs = 0;
});
