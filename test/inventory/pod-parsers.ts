/**
 * Strict readers of the pod's files: they know exactly what the renderers may write and refuse all
 * else, as the programs that read the files in the pod would or should.
 */

/** A directive of nginx: its words, and its block if it has one. */
export interface Directive {
  readonly words: readonly string[];
  readonly block?: readonly Directive[];
}

/** Words are of letters, digits and a few signs; quotes hold a log format's text. */
const NGINX_TOKEN = /\s+|#[^\n]*\n|'[\w =$@.:-]*'|[{};]|[\w/.:$=[\]-]+/y;

export function parseNginx(text: string): Directive[] {
  const tokens: string[] = [];
  NGINX_TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = NGINX_TOKEN.lastIndex) {
    const [token] = NGINX_TOKEN.exec(text) ?? [];
    if (token === undefined)
      throw new Error(`nginx: cannot read ${JSON.stringify(text.slice(at, at + 40))}`);
    if (!/^[\s#]/.test(token)) tokens.push(token);
  }
  const directives = readBlock(tokens.reverse());
  if (tokens.length > 0) throw new Error('nginx: a } too many');
  return directives;
}

/** Takes tokens from the end of the list up to the } that ends the block, which stays. */
function readBlock(tokens: string[]): Directive[] {
  const directives: Directive[] = [];
  let words: string[] = [];
  while (tokens.length > 0 && tokens.at(-1) !== '}') {
    const token = tokens.pop() ?? '';
    if (token !== ';' && token !== '{') {
      words.push(token);
      continue;
    }
    if (words.length === 0) throw new Error('nginx: a directive without a name');
    directives.push(token === '{' ? { words, block: readBlock(tokens) } : { words });
    if (token === '{' && tokens.pop() !== '}') throw new Error('nginx: a } is missing');
    words = [];
  }
  if (words.length > 0) throw new Error('nginx: a ; is missing');
  return directives;
}

/** A section of wg's format: its name, its settings and what its comments say. */
export interface WgSection {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly comments: readonly string[];
}

const WG_VALUES: Readonly<Record<string, RegExp>> = {
  PrivateKey: /^\/wireguard-key\/private-key$/,
  ListenPort: /^\d{1,5}$/,
  PublicKey: /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/,
  PresharedKey: /^\/wireguard-psk\/[a-z0-9-]+$/,
  AllowedIPs: /^[0-9a-f.:]+\/\d{1,3}(?:, [0-9a-f.:]+\/\d{1,3})*$/,
};

export function parseWg(text: string): WgSection[] {
  const sections: { name: string; settings: Record<string, string>; comments: string[] }[] = [];
  for (const line of lines(text)) {
    const [, header] = /^\[(Interface|Peer)\]$/.exec(line) ?? [];
    const [, comment] = /^# ([\x20-\x7e]+)$/.exec(line) ?? [];
    const [, key = '', value = ''] = /^(\w+) = (\S.*)$/.exec(line) ?? [];
    const section = sections.at(-1);
    if (line === '') continue;
    if (header !== undefined) sections.push({ name: header, settings: {}, comments: [] });
    else if (comment !== undefined && section) section.comments.push(comment);
    else if (section && WG_VALUES[key]?.test(value) === true && !(key in section.settings))
      section.settings[key] = value;
    else throw new Error(`wg: cannot read ${JSON.stringify(line)}`);
  }
  return sections;
}

/** The lines of iproute2's batch format, by what they set. */
export interface IpBatch {
  readonly mtu: readonly number[];
  readonly addresses: readonly string[];
  readonly routes: readonly string[];
}

export function parseIpBatch(text: string): IpBatch {
  const batch = { mtu: [] as number[], addresses: [] as string[], routes: [] as string[] };
  for (const line of lines(text)) {
    const mtu = /^link set dev wg0 mtu (\d+)$/.exec(line)?.[1];
    const address = /^address replace ([0-9a-f.:]+\/\d+) dev wg0$/.exec(line)?.[1];
    const route = /^route replace ([0-9a-f.:]+\/\d+) dev wg0 proto static$/.exec(line)?.[1];
    if (mtu !== undefined) batch.mtu.push(Number(mtu));
    else if (address !== undefined) batch.addresses.push(address);
    else if (route !== undefined) batch.routes.push(route);
    else throw new Error(`ip: cannot read ${JSON.stringify(line)}`);
  }
  return batch;
}

/** The lines of a text, each of which must have its end. */
function lines(text: string): string[] {
  if (text === '') return [];
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  return text.slice(0, -1).split('\n');
}
