// backend.mjs PORT [PREFIX]: an echo server over TCP and UDP. The line "?" is answered with the host's name.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { hostname } from 'node:os';

const port = Number(process.argv[2]);
const answer = (data) => (data.toString() === '?\n' ? `${hostname()}\n` : data);

createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => socket.write(answer(data)));
  socket.on('end', () => socket.end());
}).listen({ port, host: '::', backlog: 4096 });

const udp = createSocket('udp6');
udp.on('message', (data, from) => udp.send(answer(data), from.port, from.address));
udp.bind(port);
process.on('SIGTERM', () => process.exit());
