import { setTimeout as sleep } from 'node:timers/promises';
import { Cluster, keyPair, synth, wgQuick, type Peer } from './harness/cluster';
import { serveEcho } from './harness/held';
import type { Pod } from './harness/pod';
import { sh, until } from './harness/shell';
import { inKernel } from './harness/wireguard';

jest.setTimeout(60_000);

describe('probes and rights', () => {
  let cluster: Cluster;
  let pod: Pod;
  let hero: Peer;
  let manifests: string;

  beforeAll(async () => {
    cluster = new Cluster();
    hero = cluster.peer('hero', 10, '10.1.2.4');
    await serveEcho(cluster.backends, 7000);
    const services = {
      0: [{ name: 'echo', dest: `${cluster.backends.address}:7000`, port: 443 }],
      1: [{ name: 'dead', dest: `${cluster.backends.address}:7999`, port: 443 }],
    };
    manifests = synth(cluster.inventory({ services }));
    pod = await cluster.run(manifests);
    await hero.up(wgQuick(cluster, hero));
  });
  afterAll(() => {
    cluster.stop();
  });

  /** Process ids of nginx, from outside of the container. */
  const pids = (pattern: string) =>
    sh(
      `ip netns pids ${pod.name} | while read -r pid; do grep -q '^${pattern}' /proc/$pid/cmdline && echo $pid; done || true`,
    )
      .trim()
      .split('\n')
      .map(Number);

  test('no nginx worker: a connection still succeeds, both probes say no', async () => {
    const [master] = pids('nginx: master');
    process.kill(master ?? 0, 'SIGSTOP');
    for (const worker of pids('nginx: worker')) process.kill(worker, 'SIGKILL');
    const { code } = await hero.host.run(
      'socat -u OPEN:/dev/null TCP:10.1.3.16:443,connect-timeout=2',
    );
    expect(code).toBe(0);
    const no = { code: 1, stdout: 'no nginx worker answers\n' };
    expect(await pod.probe('nginx', 'readinessProbe')).toMatchObject(no);
    expect(await pod.probe('nginx', 'livenessProbe')).toMatchObject(no);
    process.kill(master ?? 0, 'SIGCONT');
    await pod.becomesReady(10);
  });

  test('a change that a stopped nginx master does not see is not in force', async () => {
    const [master] = pids('nginx: master');
    process.kill(master ?? 0, 'SIGSTOP');
    const dest = `${cluster.backends.address}:7000`;
    pod.mountConfiguration(
      synth(cluster.inventory({ services: { 0: [{ name: 'echo', dest, port: 443 }] } })),
    );
    await until('the reason in the log', 10, () =>
      pod
        .log('nginx')
        .includes('not applied, what ran goes on: nginx was told, and its workers serve another'),
    );
    expect(await pod.probe('nginx', 'readinessProbe')).toMatchObject({ code: 1 });
    expect(await pod.probe('nginx', 'livenessProbe')).toMatchObject({ code: 0 });
    process.kill(master ?? 0, 'SIGCONT');
    await pod.becomesReady(10);
    pod.mountConfiguration(manifests);
    await pod.becomesReady(10);
  });

  test.each([
    ['wg0 down', 'ip link set wg0 down', 'wg0 is not up\n'],
    ['no key', 'wg set wg0 private-key /dev/null', 'wg0 has no private key\n'],
    [
      'wrong key',
      `echo ${keyPair().privateKey} | wg set wg0 private-key /dev/stdin`,
      /^wg0 has the key .*, clients expect .*\n$/,
    ],
  ])('%s turns readiness off', async (_, fault, message) => {
    process.kill(pod.init('wireguard'), 'SIGSTOP');
    pod.inNetwork(fault);
    expect(await pod.probe('wireguard', 'readinessProbe')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(message) as string,
    });
    process.kill(pod.init('wireguard'), 'SIGCONT');
    pod.mountConfiguration(manifests);
    await pod.becomesReady(10);
  });

  /** The liveness probe says no, and why. */
  async function isTakenForDead(reason: RegExp, container = 'wireguard'): Promise<void> {
    const outcome = await pod.probe(container, 'livenessProbe');
    expect(outcome).toMatchObject({ code: 1, stdout: expect.stringMatching(reason) as string });
  }

  test('a stopped init.sh is taken for dead', async () => {
    process.kill(pod.init('wireguard'), 'SIGSTOP');
    await isTakenForDead(/ is stopped\n$/);
    process.kill(pod.init('wireguard'), 'SIGCONT');
    expect((await pod.probe('wireguard', 'livenessProbe')).code).toBe(0);
  });

  test('a stopped proxy.sh is taken for dead, and so is a stopped worker', async () => {
    const [worker] = pids('nginx: worker');
    for (const pid of [pod.init('nginx'), worker ?? 0]) {
      process.kill(pid, 'SIGSTOP');
      await isTakenForDead(/ is stopped\n$/, 'nginx');
      process.kill(pid, 'SIGCONT');
      expect((await pod.probe('nginx', 'livenessProbe')).code).toBe(0);
    }
  });

  test('a proxy.sh that waits for what never comes is taken for dead in the end', async () => {
    const sh = (script: string) => pod.exec('nginx', ['sh', '-euc', `cd /run/nginx; ${script}`]);
    const silence = async () => {
      const { stdout } = await sh('cat /proc/uptime heartbeat');
      const [now = 0, , , , beat = 0] = stdout.split(/[.\s]/).map(Number);
      return now - beat;
    };
    // It reads this every second.
    await sh('ln revision saved; mkfifo pipe; mv pipe revision');
    await until('silence', 20, async () => (await silence()) > 7);
    expect((await pod.probe('nginx', 'livenessProbe')).code).toBe(0);
    // A minute later.
    await sh('read -r now _ </proc/uptime; echo $((${now%.*} - 70)) >heartbeat');
    await isTakenForDead(/^nothing has moved for \d+ s\n$/, 'nginx');
    await sh('mv revision pipe; mv saved revision; : >pipe; rm pipe');
    await until('a sign of life', 10, async () => (await silence()) < 5);
    expect((await pod.probe('nginx', 'livenessProbe')).code).toBe(0);
    await pod.becomesReady(10);
  });

  const inUserspace = inKernel ? test.skip : test;

  inUserspace('a stopped wireguard-go is taken for dead', async () => {
    const [pid] = pids('wireguard-go');
    process.kill(pid ?? 0, 'SIGSTOP');
    await isTakenForDead(/^wireguard-go is stopped\n$/);
    process.kill(pid ?? 0, 'SIGCONT');
    await pod.becomesReady(10);
    expect((await pod.probe('wireguard', 'livenessProbe')).code).toBe(0);
  });

  inUserspace('a wireguard-go that answers nothing is taken for dead in the end', async () => {
    const folder = '/run/wireguard';
    pod.inNetwork(`
      mv ${folder}/wg0.sock ${folder}/kept
      setsid socat UNIX-LISTEN:${folder}/wg0.sock,fork EXEC:'sleep 600' >/dev/null 2>&1 </dev/null &
      echo $! >${folder}/deaf`);
    const silence = () =>
      pod.inNetwork(`cat /proc/uptime ${folder}/heartbeat`).split(/[.\s]/).map(Number);
    await until('silence', 20, () => {
      const [now = 0, , , , beat = 0] = silence();
      return now - beat > 7;
    });
    expect((await pod.probe('wireguard', 'livenessProbe')).code).toBe(0);
    // A minute later.
    pod.inNetwork(`read -r now _ </proc/uptime; echo $((\${now%.*} - 70)) >${folder}/heartbeat`);
    await isTakenForDead(/^nothing has moved for \d+ s\n$/);
    pod.inNetwork(`
      kill -9 -$(cat ${folder}/deaf)
      mv ${folder}/kept ${folder}/wg0.sock`);
    await pod.becomesReady(15);
    expect((await pod.probe('wireguard', 'livenessProbe')).code).toBe(0);
  });

  test('a machine that is busy with something else is no reason', async () => {
    pod.inNetwork(
      'for i in 1 2 3 4 5 6 7 8; do timeout 15 nice -n -19 sh -c "while :; do :; done" >/dev/null 2>&1 & done',
    );
    for (let i = 0; i < 5; i++) {
      await sleep(2000);
      expect((await pod.probe('wireguard', 'livenessProbe')).code).toBe(0);
    }
  });

  test('a link that goes down or away is put back', async () => {
    pod.inNetwork('ip link set wg0 down');
    await until('an answer', 20, async () => (await hero.ask('10.1.3.16:443')) === '?\n');
    pod.inNetwork('ip link delete wg0');
    await pod.becomesReady(10);
    await hero.down();
    await hero.up(wgQuick(cluster, hero));
    await until('an answer', 20, async () => (await hero.ask('10.1.3.16:443')) === '?\n');
    await pod.becomesReady(10);
  });

  test('a destination that is down makes nothing unready', async () => {
    expect(await hero.ask('10.1.3.17:443', 1)).toBe('');
    expect(pod.log('nginx')).toMatch(/Connection refused.*10\.42\.0\.20:7999/);
    expect(await pod.ready()).toBe(true);
  });

  const status = (pid: number, field: string) =>
    new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(sh(`cat /proc/${pid}/status`))?.[1];

  test('wireguard runs with NET_ADMIN alone', async () => {
    const pid = pod.init('wireguard');
    expect(status(pid, 'CapEff')).toBe('0000000000001000');
    expect(status(pid, 'CapBnd')).toBe('0000000000001000');
    expect(status(pid, 'NoNewPrivs')).toBe('1');
    for (const path of ['/file', '/wireguard/file', '/wireguard-key/file', '/etc/file']) {
      const outcome = await pod.exec('wireguard', ['sh', '-c', `echo >${path}`]);
      expect(outcome.stderr).toContain('Read-only file system');
    }
  });

  test('nginx runs as 101, without a capability, on port 443, and never sees the key', async () => {
    for (const pid of [pod.init('nginx'), ...pids('nginx: worker')]) {
      expect(status(pid, 'Uid')).toBe('101\t101\t101\t101');
      for (const set of ['CapEff', 'CapPrm', 'CapBnd'])
        expect(status(pid, set)).toBe('0000000000000000');
      expect(status(pid, 'NoNewPrivs')).toBe('1');
    }
    expect((await pod.exec('nginx', ['sh', '-c', 'echo >/wireguard/file'])).stderr).toContain(
      'Read-only file system',
    );
    expect((await pod.exec('nginx', ['ls', '/wireguard-key'])).code).not.toBe(0);
    expect(pod.inNetwork('ss -Hlnt')).toContain('10.1.3.16:443');
  });
});
