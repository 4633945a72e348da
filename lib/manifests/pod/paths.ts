/** Where the volumes are mounted; `init.sh` and `proxy.sh` name the same paths. */
export const paths = {
  config: '/wireguard',
  hostKey: '/wireguard-key',
  presharedKeys: '/wireguard-psk',
  /** Where wireguard-go has its socket, and `wg` looks for it. */
  wireguardState: '/var/run/wireguard',
  nginxState: '/run/nginx',
  tools: '/tools',
} as const;
