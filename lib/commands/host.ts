import { InvalidArgumentError } from 'commander';
import { isEndpointHost } from '../formats/host-name';

/** A host name or address as an option, without port or brackets. */
export function parseHost(text: string): string {
  if (isEndpointHost(text)) return text;
  throw new InvalidArgumentError('A host name or address without port or brackets is expected.');
}
