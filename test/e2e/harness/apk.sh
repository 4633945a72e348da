#!/bin/sh
# Stands in for Alpine's apk: has no network the first time, then installs under --root.
set -eu

expected="add --quiet --no-cache --no-scripts --initdb --root /tools --keys-dir /etc/apk/keys \
--repositories-file /etc/apk/repositories iproute2-minimal wireguard-tools-wg"
[ "$*" = "$expected" ] || {
  echo "apk was called with: $*" >&2
  exit 99
}

echo "apk runs" >&2
if [ ! -e /tools/tried ]; then
  : >/tools/tried
  echo "temporary error (try again later)" >&2
  exit 1
fi
# Like the real one, it believes its own database: what is written there is not installed again.
[ ! -e /tools/lib/apk/db ] || exit 0
mkdir -p /tools/lib/apk/db /tools/usr/bin /tools/sbin
cat /packages/wg >/tools/usr/bin/wg
cat /packages/ip >/tools/sbin/ip
chmod +x /tools/usr/bin/wg /tools/sbin/ip
