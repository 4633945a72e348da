import { InvalidArgumentError } from 'commander';

/** A host name or address as an option, without port or brackets. */
export function parseHost(text: string): string {
  if (/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*$/.test(text))
    return text;
  throw new InvalidArgumentError('A host name or address without port or brackets is expected.');
}
