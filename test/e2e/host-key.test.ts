import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, keyPair, synth, wgQuick, type Peer } from './harness/cluster';
import { serveEcho } from './harness/held';
import type { Pod } from './harness/pod';
import { sh, until } from './harness/shell';

jest.setTimeout(60_000);

describe('the host key of a pod', () => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;
  const other = keyPair();
  const secret = (value: string) => ({ 'e2e-key': { 'private-key': value } });
  const inventory = (more = {}) =>
    cluster.inventory({
      services: { 0: [{ name: 'echo', dest: `${cluster.backends.address}:7000`, port: 7 }] },
      ...more,
    });

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    pod = cluster.pod(synth(inventory()), 30, {});
    cluster.program([30]);
    pod.start();
    await hero.up(wgQuick(cluster, hero));
  });
  afterAll(() => {
    cluster.stop();
  });

  test.each([
    ['missing', {}, /no private key: waiting for the Secret/],
    ['empty', secret(''), /the private key is empty/],
    ['truncated', secret('IkeZeGnMasPnYmyR+xBUUfV9Wrxp\n'), /not base64 of 32 bytes/],
    ['still encrypted', secret('ENC[AES256_GCM,data:8Kdm,iv:x,tag:y,type:str]'), /still encrypted/],
    ['of someone else', secret(`${other.privateKey}\n`), /belongs to .*, clients expect/],
  ])('%s: the pod says so and does not serve', async (_, secrets, message) => {
    pod.mountSecrets(secrets);
    await until('the reason in the log', 10, () => message.test(pod.log('wireguard')));
    expect(await pod.ready()).toBe(false);
    for (const container of ['nginx', 'wireguard'])
      expect((await pod.probe(container, 'livenessProbe')).code).toBe(0);
    expect(await hero.ask('10.1.3.16:7', 1)).toBe('');
    expect(pod.log('wireguard')).not.toContain(other.privateKey);
  });

  test('that arrives late is picked up', async () => {
    pod.mountSecrets(cluster.secrets);
    await pod.becomesReady(10);
    await until('an answer', 20, async () => (await hero.ask('10.1.3.16:7')) === '?\n');
  });

  test.each(['%s\r\n', '  %s', '%s \t\n\n'])(
    'with blanks around it, %j, is read',
    async (format) => {
      pod.mountSecrets(secret(''));
      await until('readiness to go', 10, async () => !(await pod.ready()));
      pod.mountSecrets(secret(format.replace('%s', cluster.hostKey.privateKey)));
      await pod.becomesReady(10);
      expect(pod.inNetwork('wg show wg0 private-key').trim()).toBe(cluster.hostKey.privateKey);
    },
  );

  test('that turns wrong later changes nothing but readiness', async () => {
    pod.mountSecrets(secret(''));
    await until('readiness to go', 10, async () => !(await pod.ready()));
    expect(await hero.ask('10.1.3.16:7')).toBe('?\n');
    pod.mountSecrets(cluster.secrets);
    await pod.becomesReady(10);
  });

  test('that is rotated is in force once both halves are there, without a restart', async () => {
    const init = pod.init('wireguard');
    pod.mountSecrets(secret(other.privateKey));
    const key = { secretName: 'e2e-key', pubkey: other.publicKey };
    pod.mountConfiguration(synth(inventory({ key })));
    await pod.becomesReady(10);
    expect(pod.init('wireguard')).toBe(init);
    expect(pod.inNetwork('wg show wg0 public-key').trim()).toBe(other.publicKey);
    await hero.down();
    await hero.up(wgQuick(cluster, hero).replace(/(?<=\nPublicKey = ).*/, other.publicKey));
    await until('an answer', 20, async () => (await hero.ask('10.1.3.16:7')) === '?\n');
  });
});

describe('preshared keys', () => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;
  let yen: Peer;
  const psk = sh('wg genpsk').trim();
  const secrets = (yens?: string) => ({
    ...cluster.secrets,
    'wireguard-psk-hero': { 'preshared-key': `${psk}\n` },
    ...(yens === undefined ? {} : { 'wireguard-psk-yen': { 'preshared-key': yens } }),
  });

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    yen = cluster.peer('yen', 11, '10.1.2.9');
    await serveEcho(cluster.backends, 7000);
    const services = { 0: [{ name: 'echo', dest: `${cluster.backends.address}:7000`, port: 7 }] };
    const peers = {
      '10.1.2.4': { name: 'hero', pubkey: hero.publicKey, psk: true },
      '10.1.2.9': { name: 'yen', pubkey: yen.publicKey, psk: true },
    };
    const manifests = synth(cluster.inventory({ services, peers }));
    pod = cluster.pod(manifests, 30, secrets());
    cluster.program([30]);
    pod.start();
  });
  afterAll(() => {
    cluster.stop();
  });

  const withKey = (peer: Peer) => `${wgQuick(cluster, peer)}PresharedKey = ${psk}\n`;
  const answers = (peer: Peer) =>
    until('an answer', 20, async () => (await peer.ask('10.1.3.16:7')) === '?\n');

  test('a peer without its own is left out, and no other', async () => {
    await hero.up(withKey(hero));
    await answers(hero);
    await until('readiness to go', 10, async () => !(await pod.ready()));
    expect(pod.log('wireguard')).toContain(
      'not applied: no key in /wireguard-psk/yen: its peer is left out',
    );
    expect(pod.inNetwork('wg show wg0 peers').trim()).toBe(hero.publicKey);
  });

  test('one that wg would refuse is not quoted in the log', async () => {
    const bad = `${psk.slice(0, 42)}B=`;
    for (const broken of [psk.slice(0, 43), bad]) {
      pod.mountSecrets(secrets(`${broken}\n`));
      await sleep(3000);
    }
    expect(pod.log('wireguard')).not.toContain(psk.slice(0, 20));
    await answers(hero);
  });

  test('one that is still encrypted is said to be', async () => {
    pod.mountSecrets(secrets('ENC[AES256_GCM,data:8Kdm,iv:x,tag:y,type:str]\n'));
    await until('the reason', 10, () =>
      pod.log('wireguard').includes('the key in /wireguard-psk/yen is still encrypted'),
    );
    await answers(hero);
  });

  test('one that arrives late is taken, and needed', async () => {
    pod.mountSecrets(secrets(` ${psk} \r\n`));
    await pod.becomesReady(10);
    await yen.up(wgQuick(cluster, yen));
    expect(await yen.ask('10.1.3.16:7', 3)).toBe('');
    await yen.down();
    await yen.up(withKey(yen));
    await answers(yen);
  });
});
