// server.mjs PORT: on each connection it reads a line, "download N" or "upload N", then sends N bytes, or
// takes N bytes and says so.
import { createServer } from 'node:net';

const chunk = Buffer.alloc(1 << 18, 'x');

function send(socket, left) {
  while (left > 0) {
    const part = chunk.subarray(0, Math.min(left, chunk.length));
    left -= part.length;
    if (!socket.write(part)) {
      socket.once('drain', () => send(socket, left));
      return;
    }
  }
}

createServer((socket) => {
  socket.on('error', () => socket.destroy());
  socket.once('data', (request) => {
    const [what, bytes] = request.toString().split(' ');
    if (what === 'download') {
      send(socket, Number(bytes));
      return;
    }
    let left = Number(bytes);
    socket.on('data', (data) => {
      left -= data.length;
      if (left <= 0) socket.write('done\n');
    });
    socket.write('go\n');
  });
}).listen({ port: Number(process.argv[2]), host: '::' });
