// ear.mjs PORT: listens on every address of its network, UDP and TCP, and prints what reaches it: the
// protocol, and the first word of a datagram or the address a connection came to.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const port = Number(process.argv[2]);
for (const type of ['udp4', 'udp6']) {
  createSocket({ type, ipv6Only: type === 'udp6' })
    .on('message', (data) => console.log(type, data.toString().split(' ')[0]))
    .bind(port);
}
createServer((socket) => {
  console.log('tcp', socket.localAddress);
  socket.on('error', () => socket.destroy());
  socket.end('heard\n');
}).listen(port, '::');
