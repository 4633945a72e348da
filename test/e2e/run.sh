#!/bin/sh
# run.sh COMMAND [ARG...]: runs a command of node_modules/.bin, the end-to-end tests or a benchmark,
# inside mount, network and process namespaces of its own: whatever it makes (interfaces, routes,
# servers, mounts) is gone when this process is, also when it is killed, or what started it.
set -eu

export PATH="$PATH:/usr/sbin:/sbin"
missing=
for tool in unshare nsenter setpriv ip nft conntrack wg wg-quick wireguard-go nginx dnsmasq busybox \
  socat tcpdump curl openssl psql age; do
  command -v $tool >/dev/null || missing="$missing $tool"
done
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
[ -c /dev/net/tun ] || missing="$missing /dev/net/tun"
[ "$(id -u)" = 0 ] || missing="$missing root"
if [ -n "$missing" ]; then
  echo "Missing here:$missing" >&2
  echo "On Debian, as root: .ci/install-e2e" >&2
  exit 1
fi

cd "$(dirname "$0")/../.."
# shellcheck disable=SC2016 # expanded by the inner shell
exec setpriv --pdeathsig KILL unshare --mount --net --pid --fork --kill-child --mount-proc sh -euc '
  mount -t tmpfs tmpfs /run
  mkdir /run/e2e
  ip link set lo up
  ulimit -n 200000 2>/dev/null || true
  command=${1:?no command}
  shift
  exec "node_modules/.bin/$command" "$@"
' sh "$@"
