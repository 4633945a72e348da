# shellcheck shell=dash
#
# Sourced by init.sh: `wg` and iproute2, from the image or from a volume that outlives the container,
# so that a restart needs no network.

tools=/tools
PATH=$tools/usr/sbin:$tools/usr/bin:$tools/sbin:$tools/bin:$PATH
export LD_LIBRARY_PATH=$tools/usr/lib:$tools/lib

has_tools() { wg --version >/dev/null 2>&1 && ip -V 2>/dev/null | grep -q iproute2; }

# From scratch, for apk believes in its own database: it would not bring back a file that is lost.
install_tools() {
  has_tools && return
  if ! command -v apk >/dev/null || [ ! -d $tools ]; then
    log "this image has no wg or no iproute2, and cannot install them: name one that has both in the inventory (images.wireguard)"
    exit 1
  fi
  until fetch_tools; has_tools; do
    log "waiting for the network: apk could not install iproute2-minimal and wireguard-tools-wg; an image that has them (images.wireguard) starts without"
    pause 5
  done
}

# In the background: a stalled mirror takes minutes, and is no reason to be taken for dead.
fetch_tools() {
  for folder in bin etc lib sbin usr var; do rm -rf "${tools:?}/$folder"; done
  apk add --quiet --no-cache --no-scripts --initdb --root $tools --keys-dir /etc/apk/keys \
    --repositories-file /etc/apk/repositories iproute2-minimal wireguard-tools-wg &
  fetching=$!
  while kill -0 $fetching 2>/dev/null; do
    beat
    pause 0.2
  done
}
