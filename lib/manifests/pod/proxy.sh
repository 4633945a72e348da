#!/bin/sh
# shellcheck shell=dash
#
# Runs nginx's stream proxy, and reloads it when the mounted nginx.cfg changes. Runs under busybox
# ash without root and without capabilities. If nginx rejects a file, the previous configuration stays in force,
# also after a container restart.
#
#   proxy.sh           run
#   proxy.sh serving   exit 0 when a worker answers
#   proxy.sh ready     the same, and what it serves is what is mounted
#   proxy.sh alive     exit 0 unless nginx was started and no worker answers, or this shell or a worker
#                      is stopped or hangs
set -u

state=/run/nginx

here=$(dirname "$0")
# shellcheck source=lib/manifests/pod/mounted.sh
. "$here/mounted.sh"
# shellcheck source=lib/manifests/pod/alive.sh
. "$here/alive.sh"
# shellcheck source=lib/manifests/pod/settings.sh
. "$here/settings.sh"
# shellcheck source=lib/manifests/pod/bounds.sh
. "$here/bounds.sh"
# shellcheck source=lib/manifests/pod/workers.sh
. "$here/workers.sh"
# shellcheck source=lib/manifests/pod/names.sh
. "$here/names.sh"
# shellcheck source=lib/manifests/pod/refusals.sh
. "$here/refusals.sh"

log() { echo "proxy: $*"; }

in_force() { [ "$(revision $config)" = "$(cat $state/revision 2>/dev/null)" ]; }

# Some packages of nginx build the stream proxy as a module, the official image has it built in.
directives="daemon off;"
module=/usr/lib/nginx/modules/ngx_stream_module.so
[ -e $module ] && directives="load_module $module; $directives"

accepts() { nginx -t -q -e stderr -g "$directives" -c "$1/nginx.cfg" 2>&1; }

# Which configuration a worker serves, by its checksum. A TCP connection succeeds even when no worker
# is left to serve it: ask for an answer.
served() { timeout 2 nc 127.0.0.1 9342 </dev/null 2>/dev/null; }

serving() {
  served=$(served)
  [ -n "$served" ] || {
    echo "no nginx worker answers"
    return 1
  }
}

# A whole configuration: what is mounted, and what only the pod knows.
prepare() {
  take "$1" nginx.cfg resolv.conf || return 1
  mv "$1/nginx.cfg" "$1/mounted"
  cp "$state/names/chosen" "$1/chosen"
  capacity "$1" >"$1/capacity"
  rendered "$1" >"$1/nginx.cfg"
  nameservers "$1" >"$1/nameservers"
  resolver "$1" >"$1/resolver.cfg"
  shares "$1" "$clients" >"$1/shares"
  events "$1" >"$1/events.cfg"
  bounds "$1" >"$1/bounds.cfg"
  sum=$(cat "$1"/*.cfg | sha256sum)
  echo "${sum%% *}" >"$1/sum"
  echo "return ${sum%% *};" >"$1/serves.cfg"
  accepts "$1"
}

# Hands nginx what is mounted. Addresses may still be on their way to wg0: nginx refuses until they
# are there.
update() {
  found=$(revision $config)
  if ! problem=$(prepare $state/candidate); then
    reason=$(echo "$problem" | sed -n 's/^.*\[emerg] \([0-9]*#[0-9]*: \)\{0,1\}//p' | head -n 1)
    refuse "${reason:-${problem:-nginx -t ended without a word}}"
    return 1
  fi
  if [ "$(cat $state/candidate/sum)" != "$loaded" ]; then
    rm -rf $state/current
    mv $state/candidate $state/current
    if [ -n "$nginx" ]; then
      retire
      kill -HUP "$nginx"
      load
      end_oldest
    fi
  fi
  asked=$found
}

refuse() {
  [ "$1" = "$said" ] || log "not applied${nginx:+, what ran goes on}: $1"
  said=$1
}

# Notes what nginx has been told.
load() {
  loaded=$(cat $state/current/sum)
  read -r _ connections idle <$state/current/shares
  read -r capacity listening <$state/current/capacity
  allowed=$(sed -n 's/^	limit_conn peers \([0-9]*\);/\1/p' $state/current/mounted)
  look_up_due
}

start() {
  load
  nginx -e stderr -g "$directives" -c $state/current/nginx.cfg &
  nginx=$!
}

# In force is what a worker serves, not what nginx was told to. The names in it get a moment to be
# looked up.
confirm() {
  for known in judged 'done'; do
    for _ in 0 1 2 3 4 5 6 7 8 9; do
      [ -e "$names/$known" ] || pause 0.4
    done
    follow_names
  done
  for _ in 0 1 2 3 4 5 6 7 8 9; do
    if [ "$(served)" = "$loaded" ]; then
      echo "$asked" >$state/revision
      said=
      log "in force: $(grep -c proxy_pass $state/current/nginx.cfg) services"
      return
    fi
    pause 0.1
  done
  refuse "nginx was told, and its workers serve another configuration"
}

# Old workers take memory for each connection they might have had: while connections stay with them,
# new ones begin small. They grow when it shows that they are too small.
fit() {
  clients=$many
  ! grep -qE ':[0-9A-F]{4} 01 ' /proc/net/tcp /proc/net/tcp6 2>/dev/null || clients=$few
}

grow() {
  [ -n "$loaded" ] && [ "$clients" -lt $many ] && crowded || return
  clients=$((clients * 4 < many ? clients * 4 : many))
  update
}

# Waits in the background, so that a signal is served at once.
pause() {
  sleep "$1" &
  wait $!
}

stop() {
  if [ -n "$nginx" ]; then
    kill -QUIT "$nginx"
    wait "$nginx"
  fi
  exit 0
}

run() {
  nginx=
  loaded=
  asked=
  said=
  connections=0
  idle=0
  clients=$many
  trap stop TERM INT
  ulimit -n "$(ulimit -H -n)"
  rm -f $state/heartbeat $state/revision $state/nginx.pid
  : >$state/retired
  : >$state/alerts
  mkdir -p "$names"
  echo none >"$names/left" # busybox: grep -f of an empty file finds nothing, with -v too
  echo none >"$names/silent"
  touch "$names/chosen"
  while :; do
    beat
    if in_force; then
      recount
      grow
      press
    elif [ "$(revision $config)" != "$asked" ]; then
      [ -z "$nginx" ] || fit
      update
    fi
    if [ -z "$nginx" ]; then
      if [ -e $state/current ] && accepts $state/current >/dev/null; then start; fi
    elif ! kill -0 "$nginx" 2>/dev/null; then
      log "nginx has gone"
      exit 1
    fi
    if in_force; then
      follow_names
    elif [ "$(revision $config)" = "$asked" ]; then
      confirm
    fi
    refusals
    pause 1
  done
}

case ${1:-run} in
alive)
  # nginx -t leaves an empty one.
  [ ! -s $state/nginx.pid ] || serving || exit 1
  alive "$(cat $state/nginx.pid 2>/dev/null)"
  ;;
serving) serving ;;
ready)
  serving || exit 1
  in_force || { echo "the mounted files are not in force: the log says why" && exit 1; }
  [ "$served" = "$(cat $state/current/sum)" ] || {
    echo "nginx serves another configuration than it was told to"
    exit 1
  }
  ;;
*) run ;;
esac
