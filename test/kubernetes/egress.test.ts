import { egressRule } from '../../lib/kubernetes/egress';
import { read } from './read';

const PORT = 'must be a port of 1 to 65535, or the name a pod gives one';
const EMPTY = 'is empty, which to Kubernetes means everything; leave it out or fill it';
const LESS = 'must not be less than port, which is a number';
const block = (cidr: string, ...except: string[]) => ({ to: [{ ipBlock: { cidr, except } }] });
const port = (keys: object) => ({ ports: [keys] });

test.each<object>([
  block('192.0.2.0/24', '192.0.2.8/29'),
  block('0.0.0.0/0', '10.0.0.0/8', '169.254.0.0/16'),
  block('::/0', 'fe80::/10'),
  { to: [{ ipBlock: { cidr: 'fd00:7::/64' } }] },
  { to: [{ podSelector: { matchLabels: { app: 'a' } } }] },
  { to: [{ namespaceSelector: {} }] },
  { to: [{ namespaceSelector: {}, podSelector: {} }], ports: [{ port: 53, protocol: 'UDP' }] },
  port({}),
  port({ port: 1 }),
  port({ port: 65535, protocol: 'SCTP' }),
  port({ port: 'https' }),
  port({ port: 'a-23456789-12345'.slice(0, 15) }),
  port({ port: 80, endPort: 80, protocol: 'TCP' }),
  port({ port: 80, endPort: 65535 }),
])('%j is handed on', (rule) => {
  expect(read(egressRule, rule)).toEqual(rule);
});

test.each<[object, string[]]>([
  [{}, [': lets everything out; write to or ports']],
  [{ to: [] }, [`to: ${EMPTY}`]],
  [{ ports: [] }, [`ports: ${EMPTY}`]],
  [{ to: [{}] }, ['to.0: says nothing; write ipBlock, namespaceSelector or podSelector']],
  [
    { to: [{ ipBlock: { cidr: '192.0.2.0/24' }, podSelector: {} }] },
    ['to.0: has both ipBlock and a selector; write two entries'],
  ],
  [
    { to: [{ ipBlock: { cidr: '192.0.2.0/24' }, namespaceSelector: {} }] },
    ['to.0: has both ipBlock and a selector; write two entries'],
  ],
  [
    block('192.0.2.1'),
    ['to.0.ipBlock.cidr: lacks its prefix length; write 192.0.2.1/32 for one address'],
  ],
  [
    block('192.0.2.0/24', 'x/8'),
    ['to.0.ipBlock.except.0: is not a network; write one like 10.1.3.16/28'],
  ],
  [block('FD00:7::/64'), ['to.0.ipBlock.cidr: is not the canonical spelling; write fd00:7::/64']],
  [
    block('192.0.2.0/24', '192.0.2.8/29', '192.0.2.0/24', '192.0.3.0/29', '192.0.0.0/16', '::/64'),
    [1, 2, 3, 4].map(
      (index) => `to.0.ipBlock.except.${index}: is no part of 192.0.2.0/24; leave it out`,
    ),
  ],
  [port({ port: 0 }), ['ports.0.port: must be 1 to 65535']],
  [port({ port: 65536 }), ['ports.0.port: must be 1 to 65535']],
  [port({ port: '443' }), [`ports.0.port: ${PORT}`]],
  [port({ port: 'a--b' }), [`ports.0.port: ${PORT}`]],
  [port({ port: 'A' }), [`ports.0.port: ${PORT}`]],
  [port({ port: 'a234567890123456' }), [`ports.0.port: ${PORT}`]],
  [port({ port: 80, protocol: 'ICMP' }), ['ports.0.protocol: must be TCP or UDP or SCTP']],
  [port({ port: 80, endPort: 79 }), [`ports.0.endPort: ${LESS}`]],
  [port({ port: 'http', endPort: 80 }), [`ports.0.endPort: ${LESS}`]],
  [port({ endPort: 80 }), [`ports.0.endPort: ${LESS}`]],
  [{ to: [{ podSelectors: {} }] }, ['to.0: is not a known key; did you mean "podSelector"?']],
])('%j is refused', (rule, issues) => {
  expect(read(egressRule, rule)).toEqual(expect.arrayContaining(issues));
});
