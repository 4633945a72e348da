import { createHash } from 'node:crypto';
import { until } from '../e2e/harness/shell';
import { Endpoint } from './harness/endpoint';
import { get } from './harness/kubectl';
import { Peer } from './harness/peer';
import { readSettings } from './harness/settings';
import { namespaces } from './harness/world';

jest.setTimeout(240_000);

const { shop } = namespaces(readSettings().run);
const hero = new Peer('hero', '10.2.100.1');
let endpoint: Endpoint;

const PEERS = 6000;
const SERVICES = 2000;

/** Peers that never come, beside hero. */
function crowd(): Record<string, object> {
  return Object.fromEntries(
    Array.from({ length: PEERS - 1 }, (_, index) => {
      const pubkey = createHash('sha256').update(`peer ${index}`).digest();
      // Of the last byte wg wants the highest bit unset.
      pubkey[31] = (pubkey[31] ?? 0) & 0x7f;
      const address = `10.2.${Math.floor(index / 250)}.${(index % 250) + 1}`;
      return [address, { name: `peer-${index}`, pubkey: pubkey.toString('base64') }];
    }),
  );
}

function inventory(port: number) {
  const dest = `echo.${shop}.svc.cluster.local:7001`;
  return {
    network: '10.1.0.0/20',
    peers: { ...crowd(), [hero.address]: { name: 'hero', pubkey: hero.publicKey } },
    services: Object.fromEntries(
      Array.from({ length: SERVICES }, (_, index) => [
        index,
        [{ name: `service-${index}`, dest, port: index === SERVICES - 1 ? port : 7 }],
      ]),
    ),
  };
}

beforeAll(async () => {
  endpoint = new Endpoint('large', [hero]);
  await hero.makeKey('large');
});

afterAll(() => endpoint.stop());

test(`${PEERS} peers and ${SERVICES} services fill several ConfigMaps and are served`, async () => {
  const begin = Date.now();
  await endpoint.run(inventory(7));
  console.log(`ready ${(Date.now() - begin) / 1000} s after synth began`);
  const { items } = await get<{ items: { metadata: { name: string } }[] }>(
    'configmap',
    '-n',
    endpoint.namespace,
  );
  const names = items
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith('wireguard'));
  expect(names.length).toBeGreaterThan(1);
  await endpoint.connect();
  await hero.reaches('tcp', '10.1.7.207', 7);
});

test('one of them changes', async () => {
  await endpoint.synth(inventory(8));
  await endpoint.apply();
  const begin = Date.now();
  await endpoint.handOver();
  await until('the changed service', 60, () => hero.ask('tcp', '10.1.7.207', 8, 1));
  console.log(`in force ${(Date.now() - begin) / 1000} s after the annotation`);
  expect(await hero.ask('tcp', '10.1.7.207', 7, 1)).toBe('');
  expect(await endpoint.restarts()).toEqual({ nginx: 0, wireguard: 0 });
});
