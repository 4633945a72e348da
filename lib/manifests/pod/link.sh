# shellcheck shell=dash
# shellcheck disable=SC2154 # current is set by adopt.sh
#
# Sourced by init.sh: the interface wg0 itself.

# Where wireguard-go has its socket, and the volume that holds what was applied.
state=/var/run/wireguard

# The interface group by which rules of confinement.sh know wg0.
wg0_group=342

link_exists() { ip link show dev wg0 >/dev/null 2>&1; }

link_up() { [ -n "$(ip -o link show dev wg0 up 2>/dev/null)" ]; }

make_link() {
  link_exists && return
  if error=$(ip link add wg0 type wireguard 2>&1); then
    log "made wg0 with the node's kernel"
  elif command -v wireguard-go >/dev/null && [ -c /dev/net/tun ]; then
    wireguard-go -f wg0 &
    userspace=$!
    until link_exists && [ -S $state/wg0.sock ]; do
      kill -0 $userspace 2>/dev/null || return 1
      sleep 0.1
    done
    log "the node's kernel has no WireGuard ($error): made wg0 with wireguard-go"
  else
    log "the node's kernel has no WireGuard ($error), and there is no wireguard-go with /dev/net/tun: load the module wireguard on the node, or set userspace: true and an image with wireguard-go"
    exit 1
  fi
  # Up without a port, it takes any of those from which Linux connects: what answers come to (confinement.sh).
  wg set wg0 listen-port "$(listen_port "$current")"
}

# Where WireGuard listens, as a folder of files has it.
listen_port() { sed -n 's/^ListenPort = //p' "$1/wg0.cfg"; }

# TCP ends in this pod, so the right MTU here is enough for both directions.
wanted_link() {
  outer=$(ip -o link show dev eth0 2>/dev/null | sed -n 's/.* mtu \([0-9]*\) .*/\1/p')
  wg0_mtu=$(sed -n 's/^link set dev wg0 mtu //p' "$1/wg0.ip")
  wg0_mtu=${wg0_mtu:-$((${outer:-1500} - 80))}
  echo "link set dev wg0 group $wg0_group"
  echo "link set dev wg0 mtu $wg0_mtu"
  echo "link set dev wg0 up"
}
