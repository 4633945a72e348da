// dns.mjs ADDRESS FILE: a DNS server that does as the JSON file says, which it reads anew for each
// query: {"<name>": {"A": "10.42.0.20", "AAAA": "refused", "lose": 1}}. For each type there is an
// address, nothing (no such record), "nxdomain", "servfail", "refused" or "silent"; the first `lose`
// queries for a name get no answer, whatever their type.
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

const [address, file] = process.argv.slice(2);
const TYPES = { 1: 'A', 28: 'AAAA' };
const CODES = { servfail: 2, nxdomain: 3, refused: 5 };
const asked = new Map();

function bytesOf(ip) {
  if (isIP(ip) === 4) return Buffer.from(ip.split('.').map(Number));
  const [head, tail = ''] = ip.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array(8 - head.length - tail.length).fill('0');
  return Buffer.from(
    [...head, ...(ip.includes('::') ? zeros : []), ...tail]
      .map((group) => group.padStart(4, '0'))
      .join(''),
    'hex',
  );
}

const socket = createSocket('udp4').on('message', (query, from) => {
  const labels = [];
  let at = 12;
  for (; query[at] > 0; at += query[at] + 1)
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
  const type = TYPES[query.readUInt16BE(at + 1)];
  const name = labels.join('.').toLowerCase();
  const record = JSON.parse(readFileSync(file, 'utf8'))[name];
  const count = (asked.get(name) ?? 0) + 1;
  asked.set(name, count);
  const is = record ? record[type] : 'nxdomain';
  if (is === 'silent' || count <= (record?.lose ?? 0)) return;
  const head = Buffer.from(query.subarray(0, at + 5));
  const data = is !== undefined && isIP(is) ? bytesOf(is) : undefined;
  head.writeUInt16BE(0x8180 | (CODES[is] ?? 0), 2);
  head.fill(0, 6, 12);
  head.writeUInt16BE(data ? 1 : 0, 6);
  const answer = Buffer.alloc(data ? 12 : 0);
  if (data) {
    answer.writeUInt16BE(0xc00c, 0);
    query.copy(answer, 2, at + 1, at + 5);
    answer.writeUInt32BE(5, 6);
    answer.writeUInt16BE(data.length, 10);
  }
  socket.send(Buffer.concat([head, answer, data ?? Buffer.alloc(0)]), from.port, from.address);
});
socket.bind(53, address);
