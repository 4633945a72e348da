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
  awk -v options="valid=60s $family" '
    { servers = servers " " ($1 ~ /:/ ? "[" $1 "]" : $1) }
    END {
      if (servers) print "resolver" servers, options ";"
      print "resolver_timeout " (NR > 2 ? 5000 * (NR - 1) : 5000) + 1500 "ms;"
    }
  ' "$1/nameservers"
  echo "# moved names: $moved"
}

# nginx.cfg with addresses in place of the names that were chosen. For a datagram that gets nowhere
# nginx would write an error, and a peer can send very many: refusals.sh sums them up.
rendered() {
  awk '
    FILENAME ~ /chosen$/ { address[$1] = $2; next }
    $1 == "set" && $2 == "$backend" {
      split($3, part, ":")
      if (part[1] in address) sub($3, "[" address[part[1]] "]:" part[2])
    }
    { print }
    $1 == "listen" && $3 == "udp" { print "		error_log stderr crit;" }
  ' "$1/chosen" "$1/mounted"
}

# All clients together, a connection or a UDP session each: what leaves some of the 28,232 ports from
# which Linux connects to the nameservers.
many=26000
# What is enough until proxy.sh has seen that it is not: a worker takes memory for every connection it
# may have, and old ones stay.
few=1536

# Prints what each of the two workers may have, of so many clients: "<clients> <connections> <files
# open without a client>". A client takes two connections and up to two files; a listener takes one, and
# a file for every worker; 64 are for probes, nameservers and nginx itself.
shares() {
  awk -v files="$(ulimit -n)" -v listeners="$(grep -c '^		listen ' "$1/nginx.cfg")" -v clients="$2" '
    BEGIN {
      each = int(clients / 2)
      room = int((files - 2 * listeners - 64) / 2)
      if (files != "unlimited" && each > room) each = room
      print each, 2 * each + listeners + 64, 2 * listeners + 24
    }'
}

events() {
  read -r _ connections _ <"$1/shares"
  echo "events { worker_connections $connections; }"
}

# A worker that is killed leaves its clients counted: a zone of another size begins anew.
bounds() {
  read -r each _ <"$1/shares"
  size=$((4096 + 4 * killed))k
  echo "limit_conn_zone \$peer zone=peers:$size;"
  echo "limit_conn_zone \$peer_of_session zone=sessions:$size;"
  echo "limit_conn_zone \$pid zone=workers:64k;"
  echo "limit_conn workers $each;"
}
