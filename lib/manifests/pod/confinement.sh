# shellcheck shell=dash
# shellcheck disable=SC2154 # wg0_group and wg0_mtu are set by link.sh
#
# Sourced by init.sh: what reaches whom through wg0, as routing rules and tables.
#
# Peers reach the listeners of the proxy and nothing else. What comes in on wg0 never sees the table
# `local`, in which the pod's own addresses, loopback and broadcast addresses are: rule 0 lets
# everyone but wg0 jump there. For wg0 there is a table for each protocol and port, with the service
# addresses that have a listener on it, and rule 29999 ends whatever is in none of them. So it does
# not matter which addresses the pod gets later, what else listens, or what the node forwards. A
# fragment carries no ports (Linux looks before it puts fragments together), so it reaches nothing.
#
# Where the proxy itself connects to something behind a peer, what comes from that address and port to the
# service's address may go to the ports from which Linux connects: rules 1 with a source port. A peer
# could send more than answers from there, so a port on which something listens is none of them.
#
# IPv4 looks up no route for a broadcast or multicast datagram, only its source: rules 30003 and 30004
# answer that a peer is no source for one. Seen from there it is a lookup from an unspecified address.
#
# WireGuard's own datagrams never go into wg0, however a peer got an address there taken for its
# endpoint: rules 30001 and 30002 send them to loopback, where they end. A routing mark would not do,
# for wireguard-go answers on the interface it was asked on, and that is obeyed even where no route is.
# Nor do they reach a socket of this pod: rule 29998 passes over the table `local`. A UDP service whose
# name leads to WireGuard's port would nest a tunnel in itself otherwise.

# Rules and routes that have to be there, in the words of `ip`. Numbers instead of names, for an image
# may lack /etc/protocols: 6 TCP, 17 UDP, 1 and 58 ICMP. A table is named 100000 * protocol + port.
confinement() {
  port=$(listen_port "$1")
  for any in 0.0.0.0/0 ::/0; do
    [ $any = 0.0.0.0/0 ] || has_ipv6 || continue
    icmp=1 loopback=127.0.0.0/8
    [ $any = 0.0.0.0/0 ] || icmp=58 loopback=::1/128
    guards="iif lo ipproto 17 sport $port"
    cat <<-END || return
	rule add priority 29997 from $any to $loopback iif lo lookup local
	rule add priority 29998 from $any $guards goto 30001
	rule add priority 29999 from $any iif wg0 prohibit
	rule add priority 30000 from $any lookup local
	rule add priority 30001 from $any $guards lookup main suppress_ifgroup $wg0_group
	rule add priority 30002 from $any $guards lookup 2
	rule add priority 0 not from $any iif wg0 goto 29997
	rule add priority 1 from $any iif wg0 ipproto $icmp lookup ${icmp}00000
	END
    # A narrower wg0 has no IPv6, and nothing to guard.
    [ $icmp = 58 ] && [ "$wg0_mtu" -lt 1280 ] || echo "route replace local $any dev wg0 proto static table 2"
  done
  cat <<-END || return
	rule add priority 30003 from 0.0.0.0/32 iif lo ipproto 17 lookup main suppress_ifgroup $wg0_group
	rule add priority 30004 from 0.0.0.0/32 iif lo ipproto 17 lookup 2
	END
  listener_rules <"$1/listeners"
  answer_rules "$1/listeners"
}

# For each protocol and port a table, and a rule that leads there. Rules are tried one after the other
# for each packet: where there are many they are cut into pieces, and rules before them lead to the
# right piece.
listener_rules() {
  awk '
    function add(priority, what) { print "rule add priority", priority, match_all, what }
    function pieces(family, protocol,    count, each, first, last, i, priority) {
      count = ports[family, protocol]
      match_all = "from " (family == 4 ? "0.0.0.0/0" : "::/0") " iif wg0 ipproto " protocol
      priority = protocol == 6 ? 10 : 10000
      for (each = count; each > 64 && each * each > 4 * count;) each = int(each / 2)
      for (first = 1; first <= count; first += each) {
        last = first + each > count ? count : first + each - 1
        for (i = first; i <= last; i++) add(priority, "dport " port[family, protocol, i] " lookup " protocol * 100000 + port[family, protocol, i])
        if (each == count) return
        add(priority + 1, "prohibit")
        add(2, "dport " port[family, protocol, first] (first == last ? "" : "-" port[family, protocol, last]) " goto " priority)
        priority += 2
      }
      if (count) add(3, "prohibit")
    }
    {
      family = $2 ~ /:/ ? 6 : 4
      protocol = $1 == "udp" ? 17 : 6
      to = "route replace local " $2 (family == 4 ? "/32" : "/128") " dev wg0 proto static table "
      print to protocol * 100000 + $3
      if (!pinged[$2]++) print to (family == 4 ? 1 : 58) "00000"
      if (!known[family, protocol, $3]++) port[family, protocol, ++ports[family, protocol]] = $3
    }
    END { pieces(4, 6); pieces(4, 17); pieces(6, 6); pieces(6, 17) }
  '
}

# What the proxy gets from destinations behind peers, a rule for each and each range of ports.
answer_rules() {
  has_destinations "$1" || return 0
  { answer_ports && cat "$1"; } | awk '
    NF == 2 { ranges[$1] = ranges[$1] " " $2 }
    NF == 5 {
      bits = $2 ~ /:/ ? "/128" : "/32"
      protocol = $1 == "udp" ? 17 : 6
      n = split(ranges[$1], range, " ")
      for (i = 1; i <= n; i++)
        print "rule add priority 1 from " $4 bits " to " $2 bits " iif wg0 ipproto " protocol " sport " $5 \
          " dport " range[i] " lookup " protocol * 100000 + $3
    }
  ' | sort -u
}

has_destinations() { grep -qE '^[^ ]+ [^ ]+ [^ ]+ [^ ]' "$1" 2>/dev/null; }

# Ranges of ports from which Linux connects, without those on which something listens, WireGuard not
# least: "<protocol> <first>[-<last>]". In /proc 0A is a TCP socket that listens; a UDP socket without a
# remote port hears everyone.
answer_ports() {
  for protocol in tcp udp; do
    cat /proc/sys/net/ipv4/ip_local_port_range /proc/net/$protocol /proc/net/${protocol}6 2>/dev/null | awk -v protocol=$protocol '
      function number(hex,    i, n) {
        for (i = 1; i <= length(hex); i++) n = 16 * n + index("0123456789ABCDEF", substr(hex, i, 1)) - 1
        return n
      }
      function range(first, last) { if (first <= last) print protocol, first (first == last ? "" : "-" last) }
      NF == 2 { low = $1; high = $2 }
      $4 == "0A" || protocol == "udp" && $3 ~ /:0000$/ {
        sub(/.*:/, "", $2)
        taken[number($2)]
      }
      END {
        for (port = first = low; port <= high; port++) if (port in taken) { range(first, port - 1); first = port + 1 }
        range(first, high)
      }
    '
  done
}

# What must not be so when a peer gets in: one of the fixed rules is missing, or there is one too many.
unconfined() { grep -E '^(- rule|\+ rule add priority (0|2999[7-9]|3000[0-4]) |\+ route .* table 2$)'; }
