// echo.mjs PORT: sends back what it gets, over TCP and UDP.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const port = Number(process.argv[2]);

const datagrams = createSocket('udp6').on('message', (message, from) => {
  datagrams.send(message, from.port, from.address);
});
datagrams.bind(port, '::');

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.pipe(socket);
});
server.listen({ port, host: '::', backlog: 4096 });
