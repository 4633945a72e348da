import { join } from 'node:path';
import { sh } from '../../test/e2e/harness/shell';
import type { Way } from '../proxy/setup';

/** The program at both ends. */
export const WIRE = ['python3', join(__dirname, 'wire.py')] as const;

/** A way from the peer to the backend, and what ends connections on it. */
export interface Contender extends Way {
  readonly name: string;
  /** Processes of its proxy; none where packets are forwarded. */
  readonly pids: readonly number[];
  /** Done before it has its turn, and after. */
  readonly enter?: () => void;
  readonly leave?: () => void;
}

/** Processes whose command line begins like this, and their children. */
export function family(command: string): number[] {
  return sh(
    `pgrep -f '^(${command}|[^ ]*/${command})' | while read -r pid; do echo $pid; pgrep -P $pid || true; done | sort -nu`,
  )
    .split('\n')
    .filter(Boolean)
    .map(Number);
}
