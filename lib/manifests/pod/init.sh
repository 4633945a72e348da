#!/bin/sh
# shellcheck shell=dash
#
# Makes wg0, then keeps it as the mounted files say. Runs under busybox ash as uid 0 with NET_ADMIN
# alone. Whatever it finds (a container restart leaves the pod's network in place) it converges to:
#
#   wg0.cfg      for `wg syncconf`; a key that is a path is read from the mounted Secret
#   wg0.ip       for `ip -batch`: service addresses, routes to the peers
#   listeners    what peers may reach: protocol, address and port
#   public-key   what the private key has to belong to, where it is known
#
#   init.sh           run
#   init.sh serving   exit 0 when wg0 is up with the right key
#   init.sh ready     the same, and the mounted files are in force
#   init.sh alive     exit 0 unless the process that keeps wg0 is stopped or hangs
set -u

pod=$(dirname "$0")
# shellcheck source=lib/manifests/pod/mounted.sh
. "$pod/mounted.sh"
# shellcheck source=lib/manifests/pod/alive.sh
. "$pod/alive.sh"
# shellcheck source=lib/manifests/pod/tools.sh
. "$pod/tools.sh"
# shellcheck source=lib/manifests/pod/link.sh
. "$pod/link.sh"
# shellcheck source=lib/manifests/pod/confinement.sh
. "$pod/confinement.sh"
# shellcheck source=lib/manifests/pod/network.sh
. "$pod/network.sh"
# shellcheck source=lib/manifests/pod/peers.sh
. "$pod/peers.sh"
# shellcheck source=lib/manifests/pod/adopt.sh
. "$pod/adopt.sh"
# shellcheck source=lib/manifests/pod/watch.sh
. "$pod/watch.sh"

log() { echo "wireguard: $*"; }

# Waits in the background, so that a signal is served at once.
pause() {
  sleep "$1" &
  wait $!
}

case ${1:-run} in
alive) alive none ;;
serving) serving ;;
ready) ready ;;
*) run ;;
esac
