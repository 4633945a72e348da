/** An address as the CIDR that holds it alone: `10.1.2.4/32`, `fd00::4/128`. */
export function hostPrefix(address: string): string {
  return `${address}/${isIPv6(address) ? 128 : 32}`;
}

/** An address or name with a port, IPv6 in brackets: `[fd00::4]:443`. */
export function hostPort(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

function isIPv6(host: string): boolean {
  return host.includes(':');
}
