# shellcheck shell=dash disable=SC2034,SC2154
#
# Sourced by proxy.sh: what only the pod knows, in nginx's words. Each function prints a file that
# nginx.cfg includes; the folder it is given holds nginx.cfg and resolv.conf.

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
