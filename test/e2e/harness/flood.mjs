// flood.mjs HOST PORT COUNT: sends a datagram of one byte from each of so many source ports.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const [host, port, count] = [process.argv[2], ...process.argv.slice(3).map(Number)];
let next = 65535 - count;

async function sendFromNext() {
  while (next < 65535) {
    const socket = createSocket('udp4');
    socket.on('error', () => {});
    socket.bind(++next);
    await once(socket, 'listening').catch(() => {});
    await new Promise((sent) => socket.send('x', port, host, sent));
    socket.close();
  }
}
await Promise.all(Array.from({ length: 100 }, sendFromNext));
