import { ADDRESS } from '../proxy/setup';
import type { Pod } from '../../test/e2e/harness/pod';
import { WIRE, type Contender } from './contender';

/** Microseconds that a relay waits before it reads what the peer sent. */
const PAUSES = [0, 100, 200, 400, 800];

/**
 * Relays in the pod that differ in nothing but how long they let bytes from the peer wait: whether what
 * nginx and HAProxy lose is lost for they read at once.
 */
export function portions(pod: Pod, backend: string): Contender[] {
  return PAUSES.map((pause, n) => {
    const port = 5007 + 100 * n;
    const relay = [...WIRE, 'relay', port + 1, backend, 7001, pause / 1e6].join(' ');
    pod.inNetwork(`
      ip rule add to ${ADDRESS} ipproto 6 dport ${port + 1} priority 1 lookup local
      setsid ${relay} >/run/e2e/relay-${port}.log 2>&1 </dev/null &
      for i in $(seq 100); do [ -z "$(ss -Hlnt sport = :${port + 1})" ] || exit 0; sleep 0.1; done
      cat /run/e2e/relay-${port}.log >&2
      exit 1`);
    const name = `reads ${pause === 0 ? 'at once' : `after ${pause} us`}`;
    return { name, address: ADDRESS, echo: port, bulk: port + 1, pids: [] };
  });
}
