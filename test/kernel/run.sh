#!/bin/sh
# run.sh COMMAND [ARG...]: what test/e2e/run.sh does, with the kernel's WireGuard and nothing else:
# on this machine where its kernel has it, else in a guest (guest.sh).
set -eu

export PATH="$PATH:/usr/sbin:/sbin"
here=$(dirname "$0")

# The device is made in a network namespace that ends with this command.
if [ "$(id -u)" = 0 ] && {
  command -v modprobe >/dev/null && modprobe -q wireguard
  unshare --net ip link add wg0 type wireguard 2>/dev/null
}; then
  echo "WireGuard of this machine's kernel, Linux $(uname -r)" >&2
  WIREGUARD=kernel exec "$here/../e2e/run.sh" "$@"
fi

echo "This machine's kernel has no WireGuard: in a guest that has" >&2
command=
for word in "$@"; do
  command="$command '$(printf '%s' "$word" | sed "s/'/'\\\\''/g")'"
done
exec "$here/guest.sh" "WIREGUARD=kernel test/e2e/run.sh$command"
