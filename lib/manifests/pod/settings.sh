# shellcheck shell=dash disable=SC2034,SC2154
#
# Sourced by proxy.sh: what only the pod knows, in nginx's words. Each function prints a file that
# nginx.cfg includes; the folder it is given holds nginx.cfg and resolv.conf.

has_ipv4() { awk 'NR > 1 && $1 != "lo" && $1 != "wg0" { found = 1 } END { exit !found }' /proc/net/route; }

has_ipv6() {
  awk '$4 == "00" && $6 != "lo" && $6 != "wg0" { found = 1 } END { exit !found }' /proc/net/if_inet6 2>/dev/null
}

nameservers() {
  source=$1/resolv.conf
  [ -s "$source" ] || source=/etc/resolv.conf
  awk '$1 == "nameserver" && $2 ~ /^[0-9A-Fa-f:.]+$/ { print $2 }' "$source"
}

# Those of them that are asked: all but silent ones (see names.sh).
asked() { grep -vxF -f "$names/silent" "$1/nameservers" || cat "$1/nameservers"; }

# nginx reads no resolv.conf and wants brackets around IPv6. One family is asked for: see names.sh. It
# asks the next server, or the same again, after 5 s (ngx_resolver.c, resend_timeout), which no setting
# changes: each gets the time to answer.
resolver() {
  if has_ipv4; then
    family=ipv6=off
  else
    case $(nginx -v 2>&1) in
    */1.[0-9].* | */1.1[0-9].* | */1.2[0-2].* | */1.23.0*) family= ;; # it knows no ipv4=off
    *) family=ipv4=off ;;
    esac
  fi
  asked "$1" | awk -v options="valid=60s $family" '
    { servers = servers " " ($1 ~ /:/ ? "[" $1 "]" : $1) }
    END {
      if (servers) print "resolver" servers, options ";"
      print "resolver_timeout " (NR > 2 ? 5000 * (NR - 1) : 5000) + 1500 "ms;"
    }
  '
  echo "# moved names: $moved"
}

# nginx.cfg with addresses in place of the names that were chosen, and with what a peer may have in this
# pod. For a datagram that gets nowhere nginx would write an error, and a peer can send very many:
# refusals.sh sums them up.
rendered() {
  awk -v share="$(share "$1")" -v many="$many" '
    FILENAME ~ /chosen$/ { address[$1] = $2; next }
    $1 == "set" && $2 == "$backend" {
      split($3, part, ":")
      if (part[1] in address) sub($3, "[" address[part[1]] "]:" part[2])
    }
    /^\tlimit_conn (peers|sessions) / {
      parts = $2 == "peers" ? 1 : 2
      if (share < $3 * parts && $3 * parts <= many / 2) $3 = int(share / parts) ";"
    }
    { print }
    $1 == "listen" && $3 == "udp" { print "		error_log stderr crit;" }
  ' "$1/chosen" "$1/mounted"
}
