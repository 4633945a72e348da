#!/bin/sh
# shellcheck shell=dash
#
# Makes wg0, then keeps it as the mounted files say. Runs under busybox ash as uid 0 with NET_ADMIN
# alone. Whatever it finds (a container restart leaves the pod's network in place) it converges to:
#
#   wg0.cfg      for `wg syncconf`; a key that is a path is read from the mounted Secret
#   wg0.ip       for `ip -batch`: service addresses, routes to the peers
#   public-key   what the private key has to belong to, where it is known
#
# Files are applied from a copy in $state/next, which becomes $state/current when they are in force.
#
#   init.sh           run
#   init.sh serving   exit 0 when wg0 is up with the right key
#   init.sh ready     the same, and the mounted files are in force
set -u

secret=/wireguard-key
psks=/wireguard-psk
state=/var/run/wireguard
next=$state/next
tools=/tools
PATH=$tools/usr/sbin:$tools/usr/bin:$tools/sbin:$tools/bin:$PATH
export LD_LIBRARY_PATH=$tools/usr/lib:$tools/lib

# shellcheck source=lib/manifests/pod/mounted.sh
. "$(dirname "$0")/mounted.sh"

log() { echo "wireguard: $*"; }

has_tools() { command -v wg >/dev/null && ip -V 2>/dev/null | grep -q iproute2; }

# Into a volume that outlives the container, so that a restart needs no network.
install_tools() {
  has_tools && return
  if ! command -v apk >/dev/null || [ ! -d $tools ]; then
    log "this image has no wg or no iproute2, and cannot install them: name one that has both in the inventory (images.wireguard)"
    exit 1
  fi
  until apk add --quiet --no-cache --no-scripts --initdb --root $tools --keys-dir /etc/apk/keys \
    --repositories-file /etc/apk/repositories iproute2-minimal wireguard-tools-wg && has_tools; do
    log "waiting for the network: apk could not install iproute2-minimal and wireguard-tools-wg; an image that has them (images.wireguard) starts without"
    pause 5
  done
}

# Waits in the background, so that a signal is served at once.
pause() {
  sleep "$1" &
  wait $!
}

# An empty key file would become a zero key without a word from wg.
check_key() {
  if [ ! -e $secret/private-key ]; then
    echo "no private key: waiting for the Secret of this pod to hold an entry private-key"
  elif [ ! -s $secret/private-key ]; then
    echo "the private key is empty: seal the Secret anew"
  elif ! actual=$(wg pubkey <$secret/private-key 2>/dev/null); then
    echo "the private key is not base64 of 32 bytes: seal the Secret anew"
  elif expected=$(cat $next/public-key) && [ -n "$expected" ] && [ "$actual" != "$expected" ]; then
    echo "the private key belongs to $actual, clients expect $expected: apply the Secret and the ConfigMap of one commit"
  else
    return 0
  fi
  return 1
}

link_up() { [ -n "$(ip -o link show dev wg0 up 2>/dev/null)" ]; }

make_link() {
  ip link show dev wg0 >/dev/null 2>&1 && return
  if error=$(ip link add wg0 type wireguard 2>&1); then
    log "made wg0 with the node's kernel"
  elif command -v wireguard-go >/dev/null && [ -c /dev/net/tun ]; then
    log "the node's kernel has no WireGuard ($error): made wg0 with wireguard-go"
    wireguard-go -f wg0 &
    userspace=$!
    until ip link show dev wg0 >/dev/null 2>&1 && [ -S $state/wg0.sock ]; do
      kill -0 $userspace 2>/dev/null || return 1
      sleep 0.1
    done
  else
    log "the node's kernel has no WireGuard ($error), and there is no wireguard-go with /dev/net/tun: load the module wireguard on the node, or set userspace: true and an image with wireguard-go"
    exit 1
  fi
}

# TCP ends in this pod, so the right MTU here is enough for both directions.
set_mtu() {
  grep -q '^link set dev wg0 mtu ' $next/wg0.ip && return
  mtu=$(ip -o link show dev eth0 2>/dev/null | sed -n 's/.* mtu \([0-9]*\) .*/\1/p')
  ip link set dev wg0 mtu $((${mtu:-1500} - 80))
}

# Peers reach the service addresses and nothing else: not what is behind the pod, also where the
# node's ip_forward is inherited, and nothing that listens on the pod's own address. That takes a
# rule before the one for local addresses, which moves behind it without ever being absent.
confine_peers() {
  for family in -4 -6; do
    [ $family = -4 ] || ip $family rule show >/dev/null 2>&1 || continue # a node without IPv6
    has_rule "from all lookup local" 1 || ip $family rule add priority 1 lookup local || return 1
    for address in $(ip $family -o address show scope global | awk '$2 != "wg0" { sub("/.*", "", $4); print $4 }'); do
      has_rule "to $address iif wg0 prohibit" 0 ||
        ip $family rule add priority 0 iif wg0 to "$address" prohibit || return 1
    done
    has_rule "iif wg0 prohibit" 2 || ip $family rule add priority 2 iif wg0 prohibit || return 1
    ! has_rule "from all lookup local" 0 || ip $family rule delete priority 0 lookup local || return 1
  done
}

has_rule() { ip $family rule show priority "$2" | grep -q "$1"; }

# In the words of wg0.ip: what the kernel has.
addresses_and_routes() {
  ip -o address show dev wg0 scope global | awk '{ print "address replace " $4 }'
  ip -4 route show dev wg0 proto static | awk '{ print "route replace " $1 ($1 ~ /\// ? "" : "/32") }'
  ip -6 route show dev wg0 proto static | awk '{ print "route replace " $1 ($1 ~ /\// ? "" : "/128") }'
}

add_addresses() { ip -batch $next/wg0.ip; }

delete_addresses() {
  {
    cat $next/wg0.ip
    echo current
    addresses_and_routes
  } | awk '
    $1 == "current" { current = 1; next }
    !current { wanted[$1, $3]; next }
    !(($1, $3) in wanted) { print $1, "del", $3, "dev wg0" }
  ' | ip -batch -
}

# Keys go from the Secrets to wg through pipes: neither argv nor a file sees them, and wg does not get
# to quote one it cannot read. A peer without its preshared key is left out, the others are not.
with_keys() {
  awk '
    function flush() { if (!broken) printf "%s", section; section = ""; broken = 0 }
    $0 == "[Peer]" { flush() }
    /^(PrivateKey|PresharedKey) = \// {
      file = $3; key = ""; getline key <file; close(file)
      if (length(key) != 44 || key !~ /^[A-Za-z0-9+\/]*[AEIMQUYcgkosw048]=$/) {
        print "no key in " file ($1 == "PresharedKey" ? ": its peer is left out" : "") >"/dev/stderr"
        if ($1 == "PrivateKey") exit failed = 1
        broken = 1
      }
      $3 = key
    }
    { section = section $0 "\n" }
    END { if (failed) exit 1; flush() }
  ' $next/wg0.cfg
}

sync_peers() {
  settings=$(with_keys 2>$state/left-out) && printf '%s\n' "$settings" | wg syncconf wg0 /dev/stdin
}

# Addresses come before peers, so that who gets in finds its service, and go after them.
apply() {
  rm -f $state/left-out
  take $next wg0.cfg wg0.ip public-key && check_key && set_mtu && ip link set dev wg0 up &&
    add_addresses && confine_peers && sync_peers && delete_addresses
  applied=$?
  cat $state/left-out 2>/dev/null
  [ $applied = 0 ] && [ ! -s $state/left-out ]
}

serving() {
  if ! link_up; then
    echo "wg0 is not up"
  elif actual=$(wg show wg0 public-key) && [ "$actual" = "(none)" ]; then
    echo "wg0 has no private key"
  elif expected=$(cat $state/current/public-key 2>/dev/null) && [ -n "$expected" ] && [ "$actual" != "$expected" ]; then
    echo "wg0 has the key $actual, clients expect $expected"
  else
    return 0
  fi
  return 1
}

in_force() { [ "$(revision $config $secret $psks 2>/dev/null)" = "$(cat $state/revision 2>/dev/null)" ]; }

# Without the kernel's WireGuard the tunnel ends with this process: let nginx finish first.
stop() {
  if [ -n "${userspace:-}" ]; then
    # States of RFC 9293 with something left to say: ESTABLISHED, FIN-WAIT-1 and -2, CLOSE-WAIT.
    while grep -qE ':[0-9A-F]{4} (01|04|05|08) ' /proc/net/tcp /proc/net/tcp6 2>/dev/null; do pause 1; done
    kill "$userspace" 2>/dev/null
  fi
  exit 0
}

run() {
  trap stop TERM INT
  install_tools
  rm -f $state/revision
  said=
  while :; do
    delay=1
    if ! in_force || ! link_up; then
      found=$(revision $config $secret $psks 2>/dev/null)
      make_link
      if problem=$(apply 2>&1); then
        rm -rf $state/current
        mv $next $state/current
        echo "$found" >$state/revision
        said=
        log "in force: $(grep -c ^address $state/current/wg0.ip) addresses, $(grep -c '^\[Peer]' $state/current/wg0.cfg) peers, public key $(wg show wg0 public-key)"
      else
        [ "$problem" = "$said" ] || log "not applied: $problem"
        said=$problem
        delay=2
      fi
    fi
    pause $delay
  done
}

case ${1:-run} in
serving) serving ;;
ready)
  serving || exit 1
  in_force || { echo "the mounted files are not in force: the log says why" && exit 1; }
  ;;
*) run ;;
esac
