import { setTimeout as sleep } from 'node:timers/promises';
import {
  synth,
  wgQuick,
  type Cluster,
  type InventoryFile,
  type Peer,
} from '../../test/e2e/harness/cluster';
import { Held } from '../../test/e2e/harness/held';
import type { Pod } from '../../test/e2e/harness/pod';
import { until } from '../../test/e2e/harness/shell';
import { median } from '../table';
import { ARTICLE_CONTAINER, articleManifests } from './article';
import { ADDRESS, answers, ECHO, SERVICES, type Setup } from './setup';
import { HELD } from './steady';

export const CHANGES = 3;

export interface Effect {
  /** Connections of HELD that ended, or went silent for good. */
  readonly dropped: number;
  /** Until the new peer reached the new service. */
  readonly seconds: number;
  /** The longest time a peer that was there before got no new connection. */
  readonly silence: number;
}

/** A peer that is not in the inventory yet, and the service that comes with it. */
interface Newcomer {
  readonly peer: Peer;
  readonly offset: number;
  readonly address: string;
}

/** Puts an inventory with these newcomers into force; called again, it is with more of them. */
type Apply = (newcomers: readonly Newcomer[]) => () => void | Promise<void>;

/** What adding a peer and a service does: to our pod, then to one that is kept the article's way. */
export async function changes({
  cluster,
  pod,
  hero,
}: Setup): Promise<Record<'ours' | 'article', Effect>> {
  const newcomers = Array.from({ length: CHANGES }, (_, n): Newcomer => {
    const peer = cluster.peer(`new${n}`, 20 + n, `10.1.2.${20 + n}`);
    return { peer, offset: 2 + n, address: `10.1.3.${18 + n}` };
  });
  const ours = await each(cluster, hero, newcomers, reload(cluster, hero, pod));
  pod.kill();
  const article = await each(cluster, hero, newcomers, replacePod(cluster, hero));
  return { ours, article };
}

async function each(
  cluster: Cluster,
  hero: Peer,
  newcomers: readonly Newcomer[],
  apply: Apply,
): Promise<Effect> {
  await apply([])();
  await hero.down();
  await hero.up(wgQuick(cluster, hero));
  const effects: Effect[] = [];
  for (const [n, newcomer] of newcomers.entries()) {
    const change = apply(newcomers.slice(0, n + 1));
    effects.push(await effect(cluster, hero, newcomer, change));
    await newcomer.peer.down();
  }
  return {
    dropped: Math.max(...effects.map(({ dropped }) => dropped)),
    seconds: median(effects.map(({ seconds }) => seconds)),
    silence: median(effects.map(({ silence }) => silence)),
  };
}

async function effect(
  cluster: Cluster,
  hero: Peer,
  { peer, address }: Newcomer,
  change: () => void | Promise<void>,
): Promise<Effect> {
  await until('an echo', 20, () => answers(hero, ADDRESS, 7));
  const held = new Held(hero.host, ADDRESS, 7, HELD);
  try {
    await held.opened(HELD);
    let inForce = false;
    const silence = longestSilence(hero, () => inForce);
    const begin = performance.now();
    await change();
    await until('the new peer at the new service', 20, async () => {
      // Anew each time: WireGuard waits 5 s before it tries again, which is not the change's doing.
      await peer.down();
      await peer.up(wgQuick(cluster, peer));
      return answers(peer, address, 80);
    });
    const seconds = (performance.now() - begin) / 1000;
    inForce = true;
    const result = { seconds, silence: await silence };
    await sleep(3000); // Ten periods of what is held, and one second.
    return { ...result, dropped: HELD - (await held.look()).echoing };
  } finally {
    held.end();
  }
}

/** Asks again and again until it is over and answered; the longest time between two answers. */
async function longestSilence(peer: Peer, over: () => boolean): Promise<number> {
  let longest = 0;
  let last = performance.now();
  for (;;) {
    const lastAsk = over();
    const answered = await answers(peer, ADDRESS, 7);
    const silence = (performance.now() - last) / 1000;
    if (answered) {
      longest = Math.max(longest, silence);
      if (lastAsk) return longest;
      last = performance.now();
    } else if (silence > 40) throw new Error(`${peer.host.name}: no answer for ${silence} s`);
    await sleep(20);
  }
}

/** Ours: the files change, the pod stays. The time begins with the swap of the files. */
function reload(cluster: Cluster, hero: Peer, pod: Pod): Apply {
  return (newcomers) => {
    const peers = [hero, ...newcomers.map(({ peer }) => peer)].map(
      ({ host, vpnAddress, publicKey }) => [vpnAddress, { name: host.name, pubkey: publicKey }],
    );
    const services = newcomers.map(({ offset }) => [
      offset,
      [{ name: 'new', dest: ECHO, port: 80 }],
    ]);
    const manifests = synth(
      cluster.inventory({
        peers: Object.fromEntries(peers) as InventoryFile,
        services: { ...SERVICES, ...(Object.fromEntries(services) as InventoryFile) },
      }),
    );
    return () => {
      pod.mountConfiguration(manifests);
    };
  };
}

/** The article's: a new pod takes the old one's place. The time begins with the old one's end. */
function replacePod(cluster: Cluster, hero: Peer): Apply {
  let number = 40;
  let old: Pod | undefined;
  return (newcomers) => {
    const manifests = articleManifests({
      privateKey: cluster.hostKey.privateKey,
      peers: Object.fromEntries(
        [hero, ...newcomers.map(({ peer }) => peer)].map((p) => [p.vpnAddress, p.publicKey]),
      ),
      services: [
        { address: ADDRESS, port: 7, dest: ECHO },
        ...newcomers.map(({ address }) => ({ address, port: 80, dest: ECHO })),
      ],
    });
    return async () => {
      await old?.stop(ARTICLE_CONTAINER);
      const pod = cluster.pod(manifests, ++number);
      pod.start();
      cluster.program([number]);
      old = pod;
    };
  };
}
