import { join } from 'node:path';
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
