import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { checkInventory } from '../../lib/inventory/check';
import type { Inventory, Peer } from '../../lib/inventory/inventory';
import { nginxCfg } from '../../lib/manifests/pod/nginx-cfg';
import { wg0Cfg } from '../../lib/manifests/pod/wg0-cfg';
import { wg0Ip } from '../../lib/manifests/pod/wg0-ip';
import { accepted } from '../inventory/arbitrary';
import { sh } from './harness/shell';

jest.setTimeout(300_000);

const RUNS = Number(process.env.PARSER_RUNS ?? 300);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const FOLDER = '/run/e2e/parsers';
const KEY = Buffer.alloc(32, 7).toString('base64');
const IN_POD = 'ip netns exec parsers';

/** Feeds the files of one inventory to the programs, and writes down what they made of them. */
const FEED = `
cd ${FOLDER}
for case in $(ls -d [0-9]* | sort -n); do
  exec 2>$case/errors
  ip -batch $case/wg0.ip
  # The kernel makes an IPv6 address usable a moment later; proxy.sh asks again until it is.
  while ip -6 address show dev wg0 tentative | grep -q .; do sleep 0.05; done
  wg setconf wg0 $case/wg0.cfg
  nginx -t -q -c ${FOLDER}/$case/nginx.cfg >/dev/null # a log on a socket cannot be opened
  wg show wg0 allowed-ips >$case/allowed-ips
  wg show wg0 preshared-keys >$case/preshared-keys
  wg show wg0 listen-port >$case/listen-port
  ip -brief address show dev wg0 scope global >$case/addresses
  { ip route show dev wg0 proto static; ip -6 route show dev wg0 proto static; } >$case/routes
  for family in -4 -6; do
    ip $family address flush dev wg0 scope global
    ip $family route flush dev wg0 proto static
  done
done`;

const inventories = fc
  .sample(accepted, { numRuns: RUNS, seed })
  .map((input) => checkInventory(input, 'myth'));

beforeAll(() => {
  console.info(`PARSER_RUNS=${RUNS} FUZZ_SEED=${seed}`);
  mkdirSync('/run/nginx', { recursive: true });
  for (const [index, inventory] of inventories.entries()) writeCase(index, inventory);
  sh(`
    ip netns add parsers
    ${IN_POD} ip link set lo up
    mkdir -p /run/wireguard
    ${IN_POD} wireguard-go wg0 >/dev/null 2>&1
    ${IN_POD} ip link set wg0 up
    ${IN_POD} sh -uc '${FEED}'`);
});
afterAll(() => {
  sh(`${IN_POD} ip link delete wg0; ip netns delete parsers`);
  rmSync(FOLDER, { recursive: true });
});

function writeCase(index: number, inventory: Inventory): void {
  const folder = `${FOLDER}/${index}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/wg0.ip`, wg0Ip(inventory));
  // As init.sh does: a key that is a path gives way to what the file holds.
  writeFileSync(
    `${folder}/wg0.cfg`,
    wg0Cfg(inventory).replace(/^(PrivateKey|PresharedKey) = \/.*$/gm, `$1 = ${KEY}`),
  );
  // What proxy.sh finds out in the pod.
  writeFileSync(`${folder}/resolver.cfg`, 'resolver 127.0.0.1;\n');
  writeFileSync(`${folder}/events.cfg`, 'events { worker_connections 512; }\n');
  writeFileSync(`${folder}/serves.cfg`, 'return 0;\n');
  writeFileSync(
    `${folder}/bounds.cfg`,
    'limit_conn_zone $peer zone=peers:64k;\nlimit_conn_zone $peer_of_session zone=sessions:64k;\n',
  );
  // Debian has the stream module apart; the image the pod runs has it built in.
  const module = 'load_module /usr/lib/nginx/modules/ngx_stream_module.so;\n';
  writeFileSync(`${folder}/nginx.cfg`, module + nginxCfg(inventory));
}

function result(index: number, file: string): string {
  return readFileSync(`${FOLDER}/${index}/${file}`, 'utf8');
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function prefixes(peer: Peer): string[] {
  return [peer.address, ...peer.allowedIPs].map(({ cidr }) => cidr);
}

test('ip, wg and nginx take the files of every accepted inventory', () => {
  const errors = inventories.map((_, index) => result(index, 'errors'));
  expect(errors.flatMap(lines)).toEqual([]);
});

test('wg has the peers, preshared keys and port of the inventory', () => {
  for (const [index, { peers, port }] of inventories.entries()) {
    const has = lines(result(index, 'allowed-ips')).map((line) => line.split(/[\t ]/));
    expect(has.map(([key, ...rest]) => [key, ...rest.sort()]).sort()).toEqual(
      peers.map((peer) => [peer.publicKey, ...prefixes(peer).sort()]).sort(),
    );
    expect(lines(result(index, 'preshared-keys')).sort()).toEqual(
      peers.map(({ publicKey, psk }) => `${publicKey}\t${psk ? KEY : '(none)'}`).sort(),
    );
    expect(result(index, 'listen-port')).toBe(`${port}\n`);
  }
});

test('the kernel has the addresses and routes of the inventory', () => {
  for (const [index, { peers, services }] of inventories.entries()) {
    const [, , ...addresses] = result(index, 'addresses').split(/\s+/);
    const owned = services.map(({ address }) => address.cidr);
    expect(addresses.filter((address) => address !== '').sort()).toEqual(
      [...new Set(owned)].sort(),
    );
    const routes = lines(result(index, 'routes')).map((line) => line.split(' ')[0]);
    expect(routes.sort()).toEqual(
      peers
        .flatMap(prefixes)
        .map((prefix) => prefix.replace(/\/(?:32|128)$/, ''))
        .sort(),
    );
  }
});
