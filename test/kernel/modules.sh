#!/bin/sh
# Prints the path of a disk for the guest: Node, npm, and node_modules as package-lock.json has it.
set -eu

cd "$(dirname "$0")/../.."
cache=${XDG_CACHE_HOME:-$HOME/.cache}/wireguard-endpoint/kernel
version=$({ cat package-lock.json test/kernel/modules.sh && node --version; } | sha256sum | cut -c 1-12)
disk=$cache/node-$version.img

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if [ ! -e "$disk" ]; then
  rm -f "$cache/node.img"
  # Mounted together in a namespace of its own: to copy some ten thousand files takes a minute.
  # shellcheck disable=SC2016 # expanded by the inner shell
  setpriv --pdeathsig KILL unshare --mount sh -euc '
    mount -t tmpfs tmpfs /run
    mkdir -p /run/opt/node_modules /run/opt/node/bin /run/opt/node/lib/npm
    mount --bind node_modules /run/opt/node_modules
    [ ! -e node_modules/.cache ] || mount -t tmpfs tmpfs /run/opt/node_modules/.cache
    mount --bind "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" /run/opt/node/lib/npm
    cp "$(node -p process.execPath)" /run/opt/node/bin/node
    ln -s ../lib/npm/bin/npm-cli.js /run/opt/node/bin/npm
    mke2fs -q -t ext4 -d /run/opt -E root_owner=0:0 "$1" 2G >/dev/null
  ' sh "$cache/node.img"
  mv "$cache/node.img" "$disk"
fi
# What no run has taken for a week belongs to another version.
touch "$disk"
find "$cache" -maxdepth 1 -name 'node-*.img' -mtime +7 -delete
echo "$disk"
