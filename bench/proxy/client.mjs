// client.mjs KIND ROUNDS BYTES HOST:PORT...: measures one connection to each target; the targets take
// turns, and another one begins each round. It prints a JSON list of milliseconds for each target.
//
//   ping      ROUNDS lines back and forth with an echo server
//   download  ROUNDS times BYTES from server.mjs, each time on a new connection
//   upload    the same the other way, until the server has them all
import { once } from 'node:events';
import { connect } from 'node:net';

const [kind, rounds, bytes] = [process.argv[2], ...process.argv.slice(3, 5).map(Number)];
const targets = process.argv.slice(5);
const chunk = Buffer.alloc(1 << 18, 'x');

async function open(target) {
  const [host, port] = target.split(':');
  const socket = connect({ host, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  return socket;
}

async function ping(socket) {
  const begin = performance.now();
  socket.write('\n');
  await once(socket, 'data');
  return performance.now() - begin;
}

async function download(target) {
  const socket = await open(target);
  const begin = performance.now();
  socket.write(`download ${bytes} `);
  let got = 0;
  for await (const data of socket) {
    got += data.length;
    if (got >= bytes) break; // which destroys the socket
  }
  if (got < bytes) throw new Error(`${target} ended after ${got} bytes`);
  return performance.now() - begin;
}

async function upload(target) {
  const socket = await open(target);
  socket.write(`upload ${bytes} `);
  await once(socket, 'data');
  const begin = performance.now();
  const done = once(socket, 'data');
  for (let left = bytes; left > 0; left -= chunk.length) {
    if (!socket.write(chunk.subarray(0, Math.min(left, chunk.length)))) await once(socket, 'drain');
  }
  await done;
  socket.destroy();
  return performance.now() - begin;
}

const subjects = kind === 'ping' ? await Promise.all(targets.map(open)) : targets;
const measure = { ping, download, upload }[kind];
const times = targets.map(() => []);
for (let round = 0; round < rounds; round++) {
  for (let turn = 0; turn < targets.length; turn++) {
    const which = (round + turn) % targets.length;
    times[which].push(await measure(subjects[which]));
  }
}
process.stdout.write(JSON.stringify(times), () => process.exit());
