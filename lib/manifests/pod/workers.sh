# shellcheck shell=dash disable=SC2154
#
# Sourced by proxy.sh: nginx's workers. Those of older configurations go on with the connections they
# have, and what they take is bounded: the oldest are ended first.

# How often workers were killed, and how many of them nginx knows to have died of a signal.
killed=0
died=0

# What a process calls itself; nothing when it has gone.
title() { read -r title <"/proc/$1/cmdline"; } 2>/dev/null

# The workers of the configuration in force.
workers() {
  for process in /proc/[0-9]*; do
    title=
    title "${process#/proc/}"
    case $title in "nginx: worker process is"*) ;; "nginx: worker process"*) echo "${process#/proc/}" ;; esac
  done
}

# Notes the workers that are about to be old, and the KiB of each beside its clients: 424 bytes for
# each connection it may have, and 640 KiB for being there.
retire() {
  for worker in $(workers); do
    grep -q "^$worker " "$state/retired" || echo "$worker $((640 + connections * 424 / 1024))" >>"$state/retired"
  done
}

# Old workers that still live, oldest first.
retired() {
  while read -r worker size; do
    title=
    title "$worker"
    case $title in "nginx: worker process"*) echo "$worker $size" ;; esac
  done <"$state/retired" >"$state/retired.new"
  mv "$state/retired.new" "$state/retired"
  cat "$state/retired"
}

# 256 MiB: some 80 changes, if a connection of before each stays.
end_oldest() {
  ended=$(retired | awk '{ pid[NR] = $1; size[NR] = $2; all += $2 } END { for (i = 1; all > 262144; i++) { print pid[i]; all -= size[i] } }')
  [ -n "$ended" ] || return
  log "ended the oldest connections: too many changes since they were opened"
  # shellcheck disable=SC2086 # a list
  kill -TERM $ended
  killed=$((killed + 1))
}

# Whether a worker has more than a quarter of the connections it may have, in files it has open.
crowded() {
  for worker in $(workers); do
    set -- "/proc/$worker/fd"/*
    [ $# -lt $((idle + connections / 4)) ] || return 0
  done
  return 1
}

# A worker that dies of a signal, for want of memory say, leaves its clients counted against their peers
# until the zones begin anew. nginx says so in a file; what else is said there stays in bounds.
recount() {
  [ -s "$state/alerts" ] || return
  dead=$(grep -c 'worker process [0-9]* exited on signal' "$state/alerts")
  if [ "$dead" != $died ]; then
    died=$dead
    killed=$((killed + 1))
    log "a worker of nginx died: connections are counted anew"
    fit
    update
  elif [ "$(wc -c <"$state/alerts")" -gt 100000 ]; then
    : >"$state/alerts"
    died=0
  fi
}
