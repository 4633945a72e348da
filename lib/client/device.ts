import { createHash } from 'node:crypto';

/** Linux allows a device's name 15 characters (IFNAMSIZ in linux/if.h), Android's app a tunnel's too. */
const LONGEST = 15;

/**
 * Names no tunnel may have: those of Linux' own devices and of the sysctls of all of them, and the
 * reserved file names of Windows (conf/name.go of its app).
 */
const RESERVED = /^(?:lo|all|default|con|prn|aux|nul|com\d|lpt\d)$/;

/**
 * The name of a device, and of its files: the given name, cut to 15 characters. If another name would
 * be cut to the same, each of them ends in a checksum of itself instead, whichever was there first, so
 * that none takes the other's files.
 *
 * @param name of a cluster or a peer, a DNS label
 * @param others names of which devices may be on the same machine
 */
export function deviceName(name: string, others: readonly string[] = []): string {
  const short = cut(name, LONGEST);
  const isTaken = RESERVED.test(short) || others.some((other) => cut(other, LONGEST) === short);
  return isTaken ? `${cut(name, 8)}-${checksum(name)}` : short;
}

function cut(name: string, length: number): string {
  return name.slice(0, length).replace(/-+$/, '');
}

/** 6 digits and letters, 31 bits of SHA-256. */
function checksum(name: string): string {
  const hash = createHash('sha256').update(name).digest().readBigUInt64BE();
  return (hash % 36n ** 6n).toString(36).padStart(6, '0');
}
