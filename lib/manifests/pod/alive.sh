# shellcheck shell=dash
# shellcheck disable=SC2154 # state is set by link.sh and by proxy.sh
#
# Sourced by init.sh and proxy.sh: whether the shell of a container gets on with its work.

# Seconds of silence that are no longer a matter of speed.
hung_after=60

# The time of the machine, in seconds, to a file.
beat() {
  read -r now _ </proc/uptime
  echo "${now%.*}" >"$state/heartbeat"
}

# No only where a restart would help: something is stopped, or neither the shell nor anything it
# started has got on for a while though none of them waits for a processor or a disk. A machine that is
# slow, a mirror that stalls and a key that is missing are no reason.
#
# Argument: a process that may be stopped, and whose children do not work for the shell; or `none`.
alive() {
  read -r now _ </proc/uptime
  beaten=$(cat "$state/heartbeat" 2>/dev/null)
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v silent=$((${now%.*} - ${beaten:-${now%.*}})) -v limit=$hung_after -v server="$1" '
    function is_ours(pid) {
      while (pid != 1 && pid in parent) pid = parent[pid]
      return pid == 1
    }
    {
      pid = $1
      name[pid] = $0
      gsub(/^[0-9]+ \(|\) [A-Za-z] .*$/, "", name[pid])
      sub(/^.*\) /, "")
      state[pid] = $1
      parent[pid] = $2
    }
    END {
      for (pid in state) {
        if (!is_ours(pid) || pid == server) continue
        if (state[pid] == "T") { print name[pid] " is stopped"; exit 1 }
        if (state[pid] ~ /[RD]/ && parent[pid] != server) busy = 1
      }
      if (silent > limit && !busy) { print "nothing has moved for " silent " s"; exit 1 }
    }
  '
}
