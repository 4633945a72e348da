import { BlockList, isIP } from 'node:net';
import { UserError } from '../errors';
import type { Environment } from './credentials';

/** A proxy on the way to a server. */
export interface Proxy {
  /** May hold a user and a password: never shown. */
  readonly url: string;
  /** The value of `Proxy-Authorization`, when there is a user. */
  readonly token?: string;
  /** The variable that names it, and where it leads, for messages. */
  readonly description: string;
}

const PROTOCOLS = ['http:', 'https:', 'socks5:'];

/**
 * The proxy on the way to an https address, chosen as curl(1) does: `https_proxy`, `HTTPS_PROXY`,
 * `all_proxy`, `ALL_PROXY`, unless `no_proxy` or `NO_PROXY` lists the host. An http address, which is
 * on loopback, is reached directly: a proxy would read the credential.
 * @throws UserError when the variable cannot be used
 */
export function proxyFor(target: string, env: Environment): Proxy | undefined {
  const { protocol, hostname, port } = new URL(target);
  const variable = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'].find(
    (name) => (env[name] ?? '') !== '',
  );
  if (protocol !== 'https:' || variable === undefined) return undefined;
  const host = hostname.replace(/[[\]]/g, '').replace(/\.$/, '');
  if (isExcepted(host, port || '443', env['no_proxy'] || env['NO_PROXY'] || '')) return undefined;
  const text = (env[variable] ?? '').trim().replace(/^socks5h:/i, 'socks5:');
  const full = /^[a-z0-9+.-]+:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  const user = url && decoded(url.username);
  const password = url && decoded(url.password);
  if (
    url === undefined ||
    user === undefined ||
    password === undefined ||
    url.hostname === '' ||
    !PROTOCOLS.includes(url.protocol)
  ) {
    throw new UserError(
      `${variable} is not the address of a proxy that can be used: write one like http://proxy.example.org:3128 ` +
        '(http, https or socks5), or unset it',
    );
  }
  const token = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return {
    url: url.href,
    ...(user !== '' && { token }),
    description: `the proxy ${url.protocol}//${url.host} of ${variable}`,
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** `NO_PROXY`: hosts with all names below them, addresses, CIDRs, any with a port; `*` is every host. */
function isExcepted(host: string, port: string, list: string): boolean {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, ownPort] = /^(\[.+\]|[^:]+):(\d+)$/.exec(entry) ?? [];
      if (ownPort !== undefined && ownPort !== port) return false;
      const plain = name.replace(/[[\]]/g, '');
      if (isIP(host) !== 0) return isWithin(host, plain);
      const domain = plain.replace(/^\*?\.|\.$/g, '');
      return host === domain || host.endsWith(`.${domain}`);
    });
}

function isWithin(address: string, block: string): boolean {
  const [network = '', prefix] = block.split('/');
  const bits = isIP(network) === 4 ? 32 : 128;
  const length = prefix === undefined ? bits : Number(prefix);
  if (isIP(network) !== isIP(address) || !(length >= 0 && length <= bits)) return false;
  const family = bits === 32 ? 'ipv4' : 'ipv6';
  const blocks = new BlockList();
  blocks.addSubnet(network, length, family);
  return blocks.check(address, family);
}
