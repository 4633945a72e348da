# shellcheck shell=dash disable=SC2034,SC2154
#
# Sourced by proxy.sh: how many clients there may be, and how many of one peer.

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
  awk -v files="$(ulimit -n)" -v listeners="$(grep -c '^		listen ' "$1/mounted")" -v clients="$2" '
    BEGIN {
      each = int(clients / 2)
      room = int((files - 2 * listeners - 64) / 2)
      if (files != "unlimited" && each > room) each = room
      print each, 2 * each + listeners + 64, 2 * listeners + 24
    }'
}

# How many clients the workers may have together at most, and how many of `taken` are listeners.
capacity() {
  { shares "$1" $many && cat "$1/mounted"; } | awk '
    NR == 1 { clients = 2 * $1 }
    $1 == "listen" { listening += $3 == "udp" ? 2 : 1 }
    END { print clients, listening + 0 }'
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

# How much the pod is pressed by peers that take much, 0 to 3, and for how many seconds it will be yet.
pressed=0
pressed_for=0

# How many clients there are, of all workers, old ones too: of sockets TCP takes two for one.
taken() {
  sum=-$listening
  for file in /proc/net/sockstat /proc/net/sockstat6; do
    while read -r protocol _ count _; do
      case $protocol in
      TCP*) sum=$((sum + count / 2)) ;;
      UDP: | UDP6:) sum=$((sum + count)) ;;
      esac
    done <$file
  done 2>/dev/null
  echo "$sum"
}

# What a peer may have of all clients, whatever the inventory lets it have: three fifths, and the less the
# more the pod is pressed.
share() {
  read -r capacity _ <"$1/capacity"
  share=$((pressed ? capacity / (2 << (2 * pressed)) : capacity * 3 / 5))
  echo $((share > 32 ? share : 32))
}

# Few peers with much must not fill it for many with little. With a quarter left, a peer may have an
# eighth of all, with an eighth left a thirty-second, and then a 128th, until half is free for a while.
# Who has more keeps it. Where the inventory lets one peer have more than half, that is what is wanted.
press() {
  [ "$allowed" -le $((many / 2)) ] || return
  taken=$(taken)
  level=0
  for part in 4 8 16; do [ "$taken" -le $((capacity - capacity / part)) ] || level=$((level + 1)); done
  if [ $level -gt $pressed ]; then
    pressed=$level
    log "$taken of $capacity connections are taken: a peer with more than $(share "$state/current") gets no more"
    clients=$many
    update
  fi
  [ $pressed -gt 0 ] || return
  pressed_for=$((taken > capacity / 2 ? 300 : pressed_for - 1))
  if [ $pressed_for -le 0 ]; then
    pressed=0
    update
  fi
}
