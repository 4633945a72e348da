import { graph } from '../lib/graph';
import { article, myth } from './an-inventory';

const dest = 'db.db.svc.cluster.local:5432';

/** A service on the first address of the network. */
const service = (keys: object) => ({ 0: [{ name: 'db', dest, port: 5432, ...keys }] });

test('a service with an ACL has an arrow from each of its peers and none from all', () => {
  const lines = graph(myth({ services: service({ peers: ['yen'] }), networkPolicies: [] })).split(
    '\n',
  );
  expect(lines.filter((line) => line.endsWith('--> service0'))).toEqual(['  peer1 --> service0']);
});

test('a service nobody may reach has no arrow', () => {
  const text = graph(myth({ services: service({ peers: [] }), networkPolicies: [] }));
  expect(text).not.toContain('--> service0');
});

test('two services with one destination lead to one node', () => {
  const entry = { name: 'db', dest, port: 5432 };
  const services = { 0: [entry], 1: [{ ...entry, port: 5433 }] };
  const text = graph(myth({ services, networkPolicies: [] }));
  expect(text.match(/target\d\["/g)).toHaveLength(1);
  expect(text).toContain('  service0 --> target0\n');
  expect(text).toContain('  service1 --> target0\n');
});

test.each([
  ['db.db.svc.cluster.local:5432', 'namespace db', 'db:5432'],
  ['db-0.db.svc.svc.cluster.local:5432', 'namespace svc', 'db-0.db:5432'],
  ['db.example.org:5432', 'not in the cluster', 'db.example.org:5432'],
  ['[2001:db8::7]:5432', 'not in the cluster', '[2001:db8::7]:5432'],
])('%s is in the box %s as %s', (dest, place, label) => {
  const lines = graph(myth({ services: service({ dest }), networkPolicies: [] })).split('\n');
  const box = lines.indexOf(`  subgraph place0["${place}"]`);
  expect(lines[box + 1]).toBe(`    target0["${label}"]`);
});

test('udp is said', () => {
  const text = graph(myth({ services: service({ protocol: 'udp' }), networkPolicies: [] }));
  expect(text).toContain('service0["db<br/>10.1.3.16:5432/udp"]');
});

test('the whole of a picture', () => {
  const [hero, yen] = Object.entries(article.peers);
  const peers = Object.fromEntries([
    [hero?.[0], { ...hero?.[1], allowedIPs: ['192.168.7.0/24'] }],
    yen ?? [],
  ]) as typeof article.peers;
  expect(graph(myth({ peers }))).toBe(`flowchart LR
  subgraph peers["peers"]
    peer0["hero<br/>10.1.2.4<br/>192.168.7.0/24"]
    peer1["yen<br/>10.1.2.9"]
  end
  subgraph endpoint["myth, 10.1.3.16/28"]
    service0["kubernetes<br/>10.1.3.16:443"]
    service1["postgresql<br/>10.1.3.17:5432"]
  end
  subgraph place0["namespace default"]
    target0["kubernetes:443"]
  end
  subgraph place1["namespace postgresql"]
    target1["postgresql:5432"]
  end
  peers --> service0
  service0 --> target0
  peers --> service1
  service1 --> target1
`);
});
