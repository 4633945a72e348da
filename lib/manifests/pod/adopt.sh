# shellcheck shell=dash
# shellcheck disable=SC2034,SC2154 # verified is for watch.sh, config is set by mounted.sh, state by link.sh, secret and psks by peers.sh
#
# Sourced by init.sh: what is mounted becomes what wg0 has to be. Files are taken whole and checked
# first; if one is rejected, the previous configuration stays in force, also after a container restart.

current=$state/current
next=$state/next

# The revision that was adopted last, and what was said of one that was not.
adopted=
refused_said=

# Only lines we write reach `ip` and `wg`. Whatever a line with a key holds is not shown.
well_formed() {
  awk '
    function is_prefix(text) { return text ~ /^[0-9a-f:.]+\/[0-9]+$/ }
    function are_prefixes(text,    all, n, i) {
      n = split(text, all, ", ")
      for (i = 1; i <= n; i++) if (!is_prefix(all[i])) return 0
      return n > 0
    }
    function is_public_key(text) { return length(text) == 44 && text ~ /^[A-Za-z0-9+\/]+=$/ }
    function passes() {
      if (file == "wg0.ip")
        return /^link set dev wg0 mtu [0-9]+$/ || /^address replace [^ ]+ dev wg0$/ && is_prefix($3) ||
          /^route replace [^ ]+ dev wg0 proto static$/ && is_prefix($3)
      if (file == "listeners") return /^(tcp|udp) [0-9a-f:.]+ [0-9]+( [0-9a-f:.]+ [0-9]+)?$/
      if (file == "wg0.cfg")
        return /^(|#.*|\[Interface]|\[Peer]|(PrivateKey|PresharedKey) = \/[^ ]+)$/ ||
          /^ListenPort = [0-9]+$/ && ++ports || /^PublicKey = / && is_public_key($3) ||
          /^AllowedIPs = / && are_prefixes(substr($0, length("AllowedIPs = ") + 1))
      return 1
    }
    FNR == 1 { file = FILENAME; sub(/.*\//, "", file) }
    !passes() {
      if (/^(Private|Preshared)Key/) $0 = $1
      print file ", line " FNR ", is none this pod knows: " $0
      exit failed = 1
    }
    END {
      if (!failed && !ports) print "wg0.cfg has no ListenPort"
      exit failed || !ports
    }
  ' "$1/wg0.ip" "$1/listeners" "$1/wg0.cfg"
}

adopt() {
  found=$(revision "$config" "$secret" "$psks" 2>/dev/null)
  [ "$found" != "$adopted" ] || return 0
  if problem=$(take "$next" wg0.cfg wg0.ip listeners public-key && well_formed "$next" && check_key "$next"); then
    rm -rf "$current" "$state/revision"
    mv "$next" "$current"
    adopted=$found
    verified=
    refused_said=
    return
  fi
  [ "$problem" = "$refused_said" ] || log "not applied: $problem"
  refused_said=$problem
}

in_force() { [ "$(revision "$config" "$secret" "$psks" 2>/dev/null)" = "$(cat "$state/revision" 2>/dev/null)" ]; }
