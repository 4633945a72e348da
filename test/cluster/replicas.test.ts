import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../e2e/harness/shell';
import { Endpoint } from './harness/endpoint';
import { get, kubectl } from './harness/kubectl';
import { Peer } from './harness/peer';
import { readSettings } from './harness/settings';
import { Watch } from './harness/outage';
import { namespaces } from './harness/world';

jest.setTimeout(180_000);

const { shop } = namespaces(readSettings().run);
const peers = [new Peer('hero', '10.1.2.4'), new Peer('yen', '10.1.2.9')];
let endpoint: Endpoint;

beforeAll(async () => {
  endpoint = new Endpoint('replicas', peers);
  for (const peer of peers) await peer.makeKey('replicas');
  const dest = `echo.${shop}.svc.cluster.local:7001`;
  await endpoint.run({ replicas: 2, services: { 0: [{ name: 'echo', dest, port: 7 }] } });
  await endpoint.connect();
  for (const peer of peers) await peer.reaches('tcp', '10.1.3.16', 7);
});

afterAll(() => endpoint.stop());

test('the disruption budget lets one of two go', async () => {
  const list = await get<{ items: { status: object }[] }>('pdb', '-n', endpoint.namespace);
  expect(list.items[0]?.status).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 });
});

/** The pod a peer's packets go to: the one that has a handshake of its. */
async function servedBy(peer: Peer): Promise<string> {
  return until('a handshake', 30, async () => {
    for (const pod of ['wireguard-0', 'wireguard-1']) {
      const { stdout } = await endpoint.exec('wireguard', 'wg show wg0 latest-handshakes', pod);
      const line = stdout.split('\n').find((each) => each.startsWith(peer.publicKey));
      if (Number(line?.split('\t')[1]) > 0) return pod;
    }
    return undefined;
  });
}

test('clients of a replica that goes are served by the other within 25 s', async () => {
  const [hero] = peers;
  if (hero === undefined) throw new Error('no peer');
  const pod = await servedBy(hero);
  const watch = new Watch(hero, '10.1.3.16', 7);
  await sleep(1000);
  await watch.look();
  await kubectl(['delete', 'pod', '-n', endpoint.namespace, pod, '--wait=false']);
  // Until it has been away and is back for three seconds.
  let worst = 0;
  for (let good = 0, second = 0; good < 3 && second < 45; second++) {
    await sleep(1000);
    const { gapMs, answered } = await watch.look();
    worst = Math.max(worst, gapMs);
    good = worst > 1000 && answered > 0 && gapMs < 1000 ? good + 1 : 0;
  }
  watch.end();
  console.log(`replica deleted: ${worst / 1000} s without an answer`);
  expect(worst).toBeLessThan(25_000);
});
