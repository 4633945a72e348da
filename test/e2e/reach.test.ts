import {
  clientYaml,
  Cluster,
  command,
  keyPair,
  synth,
  wgQuick,
  type Peer,
} from './harness/cluster';
import { serveEcho } from './harness/held';
import { address } from './harness/network';
import type { Pod } from './harness/pod';
import { servePostgres } from './harness/postgres';

jest.setTimeout(120_000);

describe('reaching services', () => {
  let cluster: Cluster;
  let hero: Peer;
  let yen: Peer;
  let pod: Pod;

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    yen = cluster.peer('yen', 11, '10.1.2.9');
    const backends = cluster.backends.address;
    cluster.resolve({
      'postgresql.postgresql.svc.cluster.local': backends,
      'web.web.svc.cluster.local': backends,
      'echo.test.svc.cluster.local': backends,
      'wireguard.vpn.example': address('outside', 1),
    });
    await servePostgres(cluster.backends);
    await serveEcho(cluster.backends, 7000);
    await cluster.backends.must(
      `cd ${cluster.backends.folder} && openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=web -keyout key.pem -out cert.pem 2>/dev/null`,
    );
    const { folder } = cluster.backends;
    const tls = ['-cert', `${folder}/cert.pem`, '-key', `${folder}/key.pem`];
    cluster.backends.start('https', [
      'openssl',
      's_server',
      '-accept',
      '8443',
      '-www',
      '-quiet',
      ...tls,
    ]);
    cluster.backends.start('udp', ['socat', 'UDP-LISTEN:5300,fork', 'EXEC:cat']);
    await cluster.backends.listening(8443);

    const manifests = synth(
      cluster.inventory({
        dns: { zone: 'vpn.example', name: 'wireguard', target: 'node.vpn.example' },
        services: {
          0: [{ name: 'web', dest: 'web.web.svc.cluster.local:8443', port: 443 }],
          1: [
            {
              name: 'postgresql',
              dest: 'postgresql.postgresql.svc.cluster.local:5432',
              port: 5432,
              peers: ['hero'],
            },
          ],
          2: [
            { name: 'echo', dest: 'echo.test.svc.cluster.local:7000', port: 7 },
            { name: 'echo', dest: 'echo.test.svc.cluster.local:5300', port: 7, protocol: 'udp' },
          ],
          15: [{ name: 'by-address', dest: `${backends}:7000`, port: 7000, proxyProtocol: true }],
        },
      }),
    );
    pod = await cluster.run(manifests);
    await hero.up(command('client', 'e2e', 'hero', '--private-key', '/etc/wireguard/e2e.key'));
    command('dns');
    const { network, port, pubkey, endpoint, mtu, keepalive } = clientYaml();
    await yen.up(`[Interface]
      Address = 10.1.2.9
      PrivateKey = ${yen.privateKey}
      MTU = ${String(mtu)}
      [Peer]
      PublicKey = ${String(pubkey)}
      AllowedIPs = ${String(network)}
      Endpoint = ${String(endpoint)}:${String(port)}
      PersistentKeepalive = ${String(keepalive)}
    `);
  });
  afterAll(() => {
    cluster.stop();
  });

  const query = `psql -h 10.1.3.17 -U postgres shop -Atc 'select 6 * 7' 2>&1`;

  test('a query to PostgreSQL, from a file `npm run client` printed', async () => {
    expect((await hero.host.run(query)).stdout).toBe('42\n');
  });

  test('a page over HTTPS on port 443, by the client YAML alone', async () => {
    const { stdout } = await yen.host.run(
      'curl -sk -m 5 -o /dev/null -w %{http_code} https://10.1.3.16',
    );
    expect(stdout).toBe('200');
  });

  test('a datagram to a UDP service, beside TCP on the same address and port', async () => {
    const udp = 'echo over udp | socat -t 1 - UDP:10.1.3.18:7';
    const tcp = 'echo over tcp | socat -t 5 - TCP:10.1.3.18:7';
    expect((await hero.host.run(udp)).stdout).toBe('over udp\n');
    expect((await hero.host.run(tcp)).stdout).toBe('over tcp\n');
  });

  test('the last address of the network, and the PROXY protocol', async () => {
    const { stdout } = await hero.host.run('echo | socat -t 5 - TCP:10.1.3.31:7000');
    expect(stdout).toMatch(/^PROXY TCP4 10\.1\.2\.4 10\.1\.3\.31 \d+ 7000\r\n/);
  });

  test('the log names peer, service, bytes and duration', () => {
    expect(pod.log('nginx')).toMatch(
      /peer=hero address=10\.1\.2\.4 service=postgresql protocol=TCP status=200 sent=\d+ received=\d+ duration=[\d.]+ upstream=10\.42\.0\.20:5432/,
    );
  });

  test('a peer that is not among the peers of a service is turned away there, and only there', async () => {
    expect((await yen.host.run(query)).stdout).not.toContain('42');
    expect(
      (await yen.host.run('curl -sk -m 5 -o /dev/null -w %{http_code} https://10.1.3.16')).stdout,
    ).toBe('200');
    expect(pod.log('nginx')).toMatch(/peer=yen .*service=postgresql .*status=403/);
  });

  test('a stranger does not even shake hands', async () => {
    const { privateKey } = keyPair();
    await yen.down();
    await yen.up(wgQuick(cluster, yen).replace('PostUp', `PrivateKey = ${privateKey}\n#`));
    const { stdout } = await yen.host.run(
      'curl -sk -m 3 https://10.1.3.16; wg show e2e latest-handshakes',
    );
    expect(stdout).toMatch(/\t0\n$/);
    await yen.down();
    await yen.up(wgQuick(cluster, yen));
  });

  describe('a peer that routes more into its tunnel', () => {
    const backend = address('pods', 20);

    beforeAll(async () => {
      const more = [backend, pod.address, yen.vpnAddress];
      const allowed = ['10.1.3.16/28', ...more.map((one) => `${one}/32`)].join();
      await hero.host.must(`
        wg set e2e peer ${cluster.hostKey.publicKey} allowed-ips ${allowed}
        for to in ${more.join(' ')}; do ip route add $to dev e2e; done
      `);
    });

    test('reaches nothing behind the endpoint, also where the pod forwards', async () => {
      const dump = ['tcpdump', '-lnni', 'eth0', 'src', 'host', hero.vpnAddress];
      const capture = cluster.backends.talk(['timeout', '4', ...dump]);
      let captured = '';
      capture.stdout?.on('data', (data: Buffer) => (captured += data.toString()));
      await new Promise((resolve) => capture.stderr?.once('data', resolve));
      expect(await hero.ask(`${backend}:7000`, 2)).toBe('');
      await new Promise((resolve) => capture.once('exit', resolve));
      expect(captured.trim()).toBe('');
    });

    test('reaches no other peer', async () => {
      await serveEcho(yen.host, 7000);
      await yen.host.must(`
        wg set e2e peer ${cluster.hostKey.publicKey} allowed-ips 10.1.3.16/28,${hero.vpnAddress}/32
        ip route add ${hero.vpnAddress} dev e2e
      `);
      expect(await hero.ask(`${yen.vpnAddress}:7000`, 2)).toBe('');
    });

    test('reaches nothing that listens on the address of the pod, where others do', async () => {
      pod.inNetwork(
        `setsid socat TCP-LISTEN:9586,fork,reuseaddr,bind=${pod.address} SYSTEM:'echo metrics' >/dev/null 2>&1 </dev/null &`,
      );
      const ask = `socat -t 2 - TCP:${pod.address}:9586,connect-timeout=2 </dev/null`;
      expect((await cluster.backends.run(ask)).stdout).toBe('metrics\n');
      expect((await hero.host.run(ask)).stdout).toBe('');
      expect(await hero.ask('10.1.3.18:7')).toBe('?\n');
    });
  });
});

describe('over IPv6', () => {
  let cluster: Cluster;
  afterAll(() => {
    cluster.stop();
  });

  test('peers, services and destinations', async () => {
    cluster = new Cluster();
    const hero = cluster.peer('hero', 10, 'fd00:10:1:2::4');
    await serveEcho(cluster.backends, 7000);
    cluster.resolve({ 'echo.test.svc.cluster.local': 'fd00:42::20' });
    const manifests = synth(
      cluster.inventory({
        network: 'fd00:10:1:3::/120',
        services: {
          0: [{ name: 'by-name', dest: 'echo.test.svc.cluster.local:7000', port: 7 }],
          255: [{ name: 'by-address', dest: '[fd00:42::20]:7000', port: 7, peers: ['hero'] }],
        },
      }),
    );
    await cluster.run(manifests);
    const file = wgQuick(cluster, hero, 'fd00:10:1:3::/120');
    await hero.up(file.replace(/Endpoint = .*/, 'Endpoint = [fd00:203::1]:30342'));
    for (const service of ['fd00:10:1:3::', 'fd00:10:1:3::ff']) {
      const { stdout, stderr } = await hero.host.run(`echo six | socat -t 5 - TCP6:[${service}]:7`);
      expect(stdout + stderr).toBe('six\n');
    }
  });
});
