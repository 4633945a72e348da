// lookup.mjs tcp|udp SERVER NAME: asks a DNS server for an A record (RFC 1035, section 4) and prints the address.
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

const [protocol, host, name] = process.argv.slice(2);
const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
const query = Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);
// The answer of one record ends with the four bytes of its address.
const print = (answer) => {
  process.stdout.write(answer.subarray(-4).join('.'));
  process.exit();
};
setTimeout(() => process.exit(1), 5000);

if (protocol === 'udp') {
  const socket = createSocket('udp4');
  socket.on('message', print);
  socket.send(query, 53, host);
} else {
  let answer = Buffer.alloc(0);
  const message = Buffer.from([0, query.length, ...query]);
  const socket = connect({ host, port: 53 }, () => socket.write(message));
  socket.on('data', (part) => {
    answer = Buffer.concat([answer, part]);
    if (answer.length >= 2 && answer.length >= 2 + answer.readUInt16BE()) print(answer);
  });
}
