// ask.mjs tcp|udp HOST PORT [SECONDS]: sends the line "?" and prints what comes back; exit 1 when nothing does.
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

const [protocol, host, port, seconds = '3'] = process.argv.slice(2);
const done = (text) => {
  process.stdout.write(text);
  process.exit(text === '' ? 1 : 0);
};
setTimeout(done, Number(seconds) * 1000, '');

if (protocol === 'tcp') {
  const socket = connect({ host, port: Number(port) }, () => socket.write('?\n'));
  socket.on('data', (data) => done(data.toString()));
  socket.on('error', () => done(''));
  socket.on('close', () => done(''));
} else {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  socket.on('message', (data) => done(data.toString()));
  const send = () => socket.send('?\n', Number(port), host);
  send();
  setInterval(send, 500);
}
