import { inPod } from '../harness/functions';

const ETH0 = '2: eth0: <BROADCAST,UP> mtu 9000 qdisc noqueue state UP';

const wanted = (eth0: string, wg0Ip = '') =>
  inPod('link.sh', `ip() { echo '${eth0}'; }; wanted_link .`, { 'wg0.ip': wg0Ip });

const link = (mtu: number) => [
  'link set dev wg0 group 342',
  `link set dev wg0 mtu ${mtu}`,
  'link set dev wg0 up',
];

test('wg0 is up, in its group, with the MTU of eth0 less 80', () => {
  expect(wanted(ETH0)).toEqual(link(8920));
});

test('without an eth0 its MTU is what leaves room in 1500', () => {
  expect(wanted('')).toEqual(link(1420));
});

test('the MTU of the inventory comes first', () => {
  expect(wanted(ETH0, 'link set dev wg0 mtu 1300\naddress replace 10.1.3.16/32 dev wg0\n')).toEqual(
    link(1300),
  );
});

test('wg0 has its port before it is up, or it would listen where answers come to', () => {
  const steps = inPod(
    'link.sh',
    `current=.; link_exists() { [ -e made ]; }
    ip() { echo "ip $*" >&3; touch made; }; wg() { echo "wg $*"; }
    exec 3>&1; make_link; make_link`,
    { 'wg0.cfg': '[Interface]\nPrivateKey = /key\nListenPort = 342\n' },
  );
  expect(steps).toEqual([
    'ip link add wg0 type wireguard',
    "log: made wg0 with the node's kernel",
    'wg set wg0 listen-port 342',
  ]);
});

test('where neither the kernel nor the image has WireGuard the pod says what to do, and fails', () => {
  const [said, status] = inPod(
    'link.sh',
    // Busybox alone.
    `PATH=\${PATH%%:*}
    link_exists() { false; }
    ip() { echo 'Error: Unknown device type.'; return 2; }
    (make_link)
    echo $?`,
  );
  expect(said).toMatch(
    /^log: the node's kernel has no WireGuard \(Error: Unknown device type\.\), and there is no wireguard-go/,
  );
  expect(status).toBe('1');
});
