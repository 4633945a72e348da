import { isIP } from 'node:net';

/**
 * How the WireGuard apps read a configuration. A text must satisfy the strictest of them in every
 * point, as read in their public sources: Android's `com.wireguard.config` (Config, Interface, Peer,
 * Attribute, InetNetwork, InetEndpoint), `TunnelConfiguration+WgQuickConfig.swift` of iOS and macOS,
 * and `conf/parser.go` and `conf/name.go` of Windows. Each rule names the apps that have it.
 */
export interface AppTunnel {
  readonly interface: Attributes;
  readonly peers: readonly Attributes[];
}

/** Values by key, in lower case. */
type Attributes = Readonly<Record<string, string>>;

type Section = Map<string, string>;

/** @throws Error with the app's reason, as far as one app refuses the text or the tunnel's name */
export function parseAsApp(text: string, tunnelName: string): AppTunnel {
  refuseUnless(isTunnelName(tunnelName), `the tunnel's name is not valid: ${tunnelName}`);
  const interfaces: Section[] = [];
  const peers: Section[] = [];
  let section: Section | undefined;
  let known: Rules = interfaceKeys;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/#.*/, '').trim();
    if (line === '') continue;
    if (/^\[(interface|peer)\]$/i.test(line)) {
      section = new Map();
      const isPeer = line.toLowerCase() === '[peer]';
      known = isPeer ? peerKeys : interfaceKeys;
      (isPeer ? peers : interfaces).push(section);
      continue;
    }
    refuseUnless(section !== undefined, `line outside of a section: ${line}`); // Android, Windows
    readAttribute(line, section, known);
  }
  // Android joins several [Interface] sections, iOS and macOS refuse them.
  refuseUnless(interfaces.length === 1, `${interfaces.length} [Interface] sections`);
  const own = interfaces[0] ?? new Map<string, string>();
  refuseUnless(own.has('privatekey'), '[Interface] has no PrivateKey'); // all
  for (const peer of peers) refuseUnless(peer.has('publickey'), '[Peer] has no PublicKey'); // all
  const publicKeys = peers.map((peer) => peer.get('publickey'));
  // iOS and macOS
  refuseUnless(new Set(publicKeys).size === publicKeys.length, 'two peers with one PublicKey');
  const entries = (from: Section): Attributes => Object.fromEntries(from);
  return { interface: entries(own), peers: peers.map(entries) };
}

function readAttribute(line: string, section: Section, known: Rules): void {
  // Android: Attribute.LINE_PATTERN. The others take blanks in keys, which no key has.
  const [, name = '', value = ''] = /^(\w+)\s*=\s*([^\s#][^#]*)$/.exec(line) ?? [];
  refuseUnless(name !== '', `syntax error: ${line}`);
  const key = name.toLowerCase();
  const rule = Object.hasOwn(known, key) ? known[key] : undefined;
  refuseUnless(rule !== undefined, `unknown attribute: ${name}`); // all
  refuseUnless(rule(value), `invalid value of ${name}: ${value}`);
  const present = section.get(key);
  // iOS and macOS join these, and refuse any other key that is repeated.
  refuseUnless(
    present === undefined || ['address', 'allowedips', 'dns'].includes(key),
    `repeated attribute: ${name}`,
  );
  section.set(key, present === undefined ? value : `${present},${value}`);
}

type Rules = Readonly<Record<string, (value: string) => boolean>>;

/** What all of them know; Android and Windows have further keys of their own. */
const interfaceKeys: Rules = {
  address: (value) => isList(value, isNetwork),
  dns: (value) => isList(value, (item) => isIP(item) !== 0), // Windows takes no search domains
  listenport: (value) => isNumber(value, 0, 65535),
  mtu: (value) => isNumber(value, 576, 65535), // Windows
  privatekey: isKey,
};

const peerKeys: Rules = {
  allowedips: (value) => isList(value, isNetwork),
  endpoint: isEndpoint,
  persistentkeepalive: (value) => isNumber(value, 0, 65535),
  presharedkey: isKey,
  publickey: (value) => isKey(value) && !/^A{43}=$/.test(value), // Windows refuses the zero key
};

/** Android takes the fewest characters and 15 of them; Windows has reserved names. */
function isTunnelName(name: string): boolean {
  return (
    /^[a-zA-Z0-9_=+.-]{1,15}$/.test(name) &&
    !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name) &&
    !/^\.|\.$/.test(name)
  );
}

/** Android: Key.fromBase64, which refuses bits that are left over. */
function isKey(value: string): boolean {
  return /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(value);
}

/** Windows refuses an empty item. */
function isList(value: string, isItem: (item: string) => boolean): boolean {
  return value.split(',').every((item) => isItem(item.trim()));
}

function isNetwork(value: string): boolean {
  const [address = '', prefix, ...more] = value.split('/');
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  if (bits === -1 || more.length > 0) return false;
  return prefix === undefined || isNumber(prefix, 0, bits);
}

/**
 * Android reads it as a URI by RFC 2396, where the last label of a name begins with a letter;
 * Windows wants brackets around IPv6.
 */
function isEndpoint(value: string): boolean {
  const [, inBrackets, name, port = ''] = /^(?:\[([^\]]*)\]|([^:[\]]*)):(.*)$/.exec(value) ?? [];
  if (!isNumber(port, 0, 65535)) return false;
  if (inBrackets !== undefined) return isIP(inBrackets) === 6;
  const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
  const host = new RegExp(`^(?:${label}\\.)*(?=[a-zA-Z])${label}\\.?$`);
  return isIP(name ?? '') === 4 || host.test(name ?? '');
}

/** Decimal digits, as Java's, Go's and Swift's integers are read. */
function isNumber(value: string, minimum: number, maximum: number): boolean {
  return /^\d{1,9}$/.test(value) && Number(value) >= minimum && Number(value) <= maximum;
}

function refuseUnless(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new Error(reason);
}
