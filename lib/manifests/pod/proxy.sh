#!/bin/sh
# shellcheck shell=dash
#
# Runs nginx's stream proxy, and reloads it when the mounted nginx.cfg changes. Runs under busybox
# ash without root and without capabilities. A file nginx refuses changes nothing: what ran goes on,
# also after a container restart.
#
#   proxy.sh           run
#   proxy.sh serving   exit 0 when a worker answers
#   proxy.sh ready     the same, and the mounted files are in force
#   proxy.sh alive     exit 0 unless nginx was started and no worker answers
set -u

state=/run/nginx

# shellcheck source=lib/manifests/pod/mounted.sh
. "$(dirname "$0")/mounted.sh"

log() { echo "proxy: $*"; }

in_force() { [ "$(revision $config)" = "$(cat $state/revision 2>/dev/null)" ]; }

has_ipv6() {
  awk '$4 == "00" && $6 != "lo" && $6 != "wg0" { found = 1 } END { exit !found }' /proc/net/if_inet6 2>/dev/null
}

# nginx reads no resolv.conf and wants brackets around IPv6. Where the pod has no IPv6 of its own,
# AAAA records lead nowhere and are not asked for.
resolver() {
  source=$1/resolv.conf
  [ -s "$source" ] || source=/etc/resolv.conf
  awk -v options="valid=60s$(has_ipv6 || echo ' ipv6=off')" '
    $1 == "nameserver" && $2 ~ /^[0-9A-Fa-f:.]+$/ { servers = servers " " ($2 ~ /:/ ? "[" $2 "]" : $2) }
    END { if (servers) print "resolver" servers, options ";" }
  ' "$source"
}

# 32768 connections take 14 MB a worker.
connections() {
  limit=$(ulimit -n)
  if [ "$limit" = unlimited ] || [ "$limit" -gt 32768 ]; then limit=32768; fi
  echo "worker_connections $limit;"
}

# Some packages of nginx build the stream proxy as a module, the official image has it built in.
directives="daemon off;"
module=/usr/lib/nginx/modules/ngx_stream_module.so
[ -e $module ] && directives="load_module $module; $directives"

accepts() { nginx -t -q -e stderr -g "$directives" -c "$1/nginx.cfg" 2>&1; }

# A TCP connection succeeds even when no worker is left to serve it: ask for a byte.
serving() {
  [ "$(timeout 2 nc 127.0.0.1 9342 </dev/null 2>/dev/null)" = ok ] || {
    echo "no nginx worker answers"
    return 1
  }
}

start() {
  nginx -e stderr -g "$directives" -c $state/current/nginx.cfg &
  nginx=$!
}

# A whole configuration: what is mounted, and what only the pod knows.
prepare() {
  take "$1" nginx.cfg resolv.conf || return 1
  resolver "$1" >"$1/resolver.cfg"
  connections >"$1/connections.cfg"
  accepts "$1"
}

# Addresses may still be on their way to wg0: nginx refuses until they are there.
update() {
  found=$(revision $config)
  if ! problem=$(prepare $state/candidate); then
    reason=$(echo "$problem" | sed -n 's/^.*\[emerg] \([0-9]*#[0-9]*: \)\{0,1\}//p' | head -n 1)
    reason=${reason:-${problem:-nginx -t ended without a word}}
    if [ "$reason" != "$said" ]; then
      log "not applied${nginx:+, what ran goes on}: $reason"
      said=$reason
    fi
    return 1
  fi
  said=
  sum=$(cat $state/candidate/*.cfg | sha256sum)
  if [ "$sum" != "$loaded" ]; then
    rm -rf $state/current
    mv $state/candidate $state/current
    loaded=$sum
    [ -n "$nginx" ] && kill -HUP "$nginx"
    log "in force: $(grep -c proxy_pass $state/current/nginx.cfg) services"
  fi
  echo "$found" >$state/revision
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
  said=
  trap stop TERM INT
  ulimit -n "$(ulimit -H -n)"
  rm -f $state/revision $state/nginx.pid
  while :; do
    in_force || update
    if [ -z "$nginx" ]; then
      if [ -e $state/current ] && accepts $state/current >/dev/null; then start; fi
    elif ! kill -0 "$nginx" 2>/dev/null; then
      log "nginx has gone"
      exit 1
    fi
    # In the background, so that a signal is served at once.
    sleep 1 &
    wait $!
  done
}

case ${1:-run} in
alive) [ ! -s $state/nginx.pid ] || serving ;; # nginx -t leaves an empty one
serving) serving ;;
ready)
  serving || exit 1
  in_force || { echo "the mounted files are not in force: the log says why" && exit 1; }
  ;;
*) run ;;
esac
