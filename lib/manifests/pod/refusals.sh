# shellcheck shell=dash disable=SC2154
#
# Sourced by proxy.sh: says who is refused. nginx writes a line for each to a file, which is counted and
# emptied here, so that the log grows by a few lines a minute, whatever a peer does.

quiet=

refusals() {
  [ -z "$quiet" ] || quiet=$((quiet - 1))
  if [ -s "$state/refused" ]; then
    sort "$state/refused" | uniq -c >>"$state/refusals"
    : >"$state/refused"
  fi
  [ "$quiet" = 0 ] || [ -z "$quiet" ] || return
  quiet=
  [ -s "$state/refusals" ] || return
  awk '{ times = $1; $1 = ""; sum[$0] += times } END { for (what in sum) print sum[what] what }' "$state/refusals" |
    sort -rn | head -n 20 | while read -r times what; do log "refused $times times: $what"; done
  rm "$state/refusals"
  quiet=60
}
