import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../e2e/harness/shell';
import { Endpoint } from './harness/endpoint';
import { run } from './harness/kubectl';
import { Peer } from './harness/peer';
import { readSettings } from './harness/settings';
import { namespaces } from './harness/world';

jest.setTimeout(180_000);

const { shop } = namespaces(readSettings().run);
const hero = new Peer('hero', '10.1.2.4');
let endpoint: Endpoint;

const page = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8');

/** What the page tells to type: lines of code blocks, and what stands in backquotes. */
const commands = [
  ...page.matchAll(/^(?:in_pod|kubectl) .*$|`((?:in_pod|kubectl) [^`\n]+(?:\n[^`\n]+)?)`/gm),
]
  .map(([line, quoted]) => (quoted ?? line).replace(/\s*\n\s*/, ' ').replace(/ +#.*$/, ''))
  // For a node that died or a cluster with a metrics server, what never ends, and what is named alone.
  .filter(
    (command) =>
      !/ taint | top | -w$| describe$|delete pod$|apply$|rollout restart|networkpolicy wireguard/.test(
        command,
      ),
  )
  .filter((command, index, all) => all.indexOf(command) === index);

const inPod = /^in_pod\(\) \{.*\}$/m.exec(page)?.[0] ?? '';

beforeAll(async () => {
  endpoint = new Endpoint('operations', [hero]);
  await hero.makeKey('operations');
  const dest = `postgresql.${shop}.svc.cluster.local:5432`;
  await endpoint.run({ services: { 1: [{ name: 'postgresql', dest, port: 5432 }] } });
  await endpoint.connect();
  await until(
    'postgresql',
    30,
    async () => (await hero.sh('psql -h 10.1.3.17 -U postgres -c "select 1"')).status === 0,
  );
  await hero.must(`psql -h 10.1.3.17 -U postgres -c 'select 1'`);
  // So that there is a log of before.
  await endpoint.exec('nginx', 'kill 1');
  await until('restarted', 60, async () => ((await endpoint.restarts()).nginx ?? 0) > 0);
  await endpoint.saysReady();
  await hero.must(`psql -h 10.1.3.17 -U postgres -c 'select 1'`);
});

afterAll(() => endpoint.stop());

test('docs/operations.md has commands', () => {
  expect(inPod).not.toBe('');
  expect(commands.length).toBeGreaterThan(8);
});

describe.each(['dash', 'busybox sh', 'bash'])('in %s', (shell) => {
  test.each(commands)('%s', async (command) => {
    const here = (text: string) =>
      text
        .replaceAll('-n wireguard', `-n ${endpoint.namespace}`)
        .replaceAll('-n postgresql', `-n ${shop}`);
    // The probe that failed at the start is no longer remembered once the pod is well.
    const mayFindNothing = /\| grep/.test(command) ? '|| [ $? = 1 ]' : '';
    const outcome = await run(shell.split(' ')[0] ?? '', [
      ...shell.split(' ').slice(1),
      '-c',
      `${here(inPod)}\n${here(command)} ${mayFindNothing}`,
    ]);
    expect(outcome).toMatchObject({ status: 0 });
  });
});
