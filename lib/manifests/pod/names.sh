# shellcheck shell=dash disable=SC2154
#
# Sourced by proxy.sh: what nginx's resolver cannot do. Where the pod has IPv4, nginx asks for A records
# alone: asked for both, it takes one that fails for the answer (ngx_resolver.c). A name with AAAA
# records alone is looked up here, and nginx gets the address. And an UDP session stays with the address
# it began with, for as long as its client sends: here it is seen that the name has moved.
#
# In the folder $state/names is a file for each name, with its addresses, and
#
#   silent   nameservers that gave no address of a name of which another gave one: they are not asked
#   chosen   what stands in nginx.cfg in place of a name: "<name> <IPv6 address>"
#   left     UDP sockets of old workers that go to where no name leads, as stray prints them
#   judged   when it is newly known which nameservers are silent
#   done     when the look-ups are

names=$state/names
# Which look-up it is, whether it goes on, and the seconds until the next.
round=0
looking=
rest=0
# How often a name was seen to have moved, and how often in a row UDP sockets were seen to be stray. A
# name that has other addresses all the time is followed ever more seldom: not before the look-up `next`.
moved=0
strays=0
patience=2
next=0

# Each destination: "<name or address> <port> <tcp or udp>".
destinations() {
  awk '
    $1 == "listen" { protocol = $3 == "udp" ? "udp" : "tcp" }
    $1 == "set" && $2 == "$backend" {
      port = host = substr($3, 1, length($3) - 1)
      sub(/.*:/, "", port)
      sub(/:[0-9]+$/, "", host)
      gsub(/[][]/, "", host)
      print host, port, protocol
    }
  ' "$state/current/mounted"
}

is_name() { case $1 in *:*) false ;; *[a-z]*) ;; *) false ;; esac }

# What the first nameserver that has addresses says, one a line.
ask() {
  while read -r server; do
    found=$(timeout 2 busybox nslookup -type="$1" "$2." "$server" 2>/dev/null |
      awk '/^Name:/ { named = 1 } named && /^Address/ { print $2 }')
    [ -z "$found" ] || break
  done <<-END
	$(asked "$state/current")
	END
  echo "$found"
}

# nginx turns to the next nameserver only after 5 s, so two dead ones would cost 10: who is silent is left
# out at once, and asked again once in five minutes. Each time it is about another name.
judge_nameservers() {
  name=$(destinations | awk -v round=$round '$1 ~ /[a-z]/ && $1 !~ /:/ && !seen[$1]++ { name[n++] = $1 } END { print name[n ? round % n : 0] }')
  [ -n "$name" ] && [ "$(wc -l <"$state/current/nameservers")" -gt 1 ] || return
  : >"$names/good"
  while read -r server; do
    { gives_address "$name" "$server" || gives_address "$name" "$server"; } &&
      echo "$server" >>"$names/good" &
  done <"$state/current/nameservers"
  wait
  [ -s "$names/good" ] || return
  {
    echo none # busybox: grep -f of an empty file finds nothing, with -v too
    grep -vxF -f "$names/good" "$state/current/nameservers"
    if [ $((round % 60)) != 0 ] && grep -qvxF -f "$names/silent" "$names/good"; then cat "$names/silent"; fi
  } | sort -u >"$names/silent.new"
  mv "$names/silent.new" "$names/silent"
}

gives_address() {
  {
    timeout 1 busybox nslookup -type=a "$1." "$2" &
    timeout 1 busybox nslookup -type=aaaa "$1." "$2" &
    wait
  } 2>/dev/null | grep -q ^Name:
}

# IPv4 addresses, else IPv6 ones; what was known stays when there is no answer.
look_up() {
  : >"$names/$1.new"
  ! has_ipv6 || ask aaaa "$1" >"$names/$1.new" &
  found=
  ! has_ipv4 || found=$(ask a "$1")
  wait
  [ -n "$found" ] || found=$(cat "$names/$1.new")
  rm "$names/$1.new"
  [ -z "$found" ] || echo "$found" >"$names/$1"
}

# Names that have no known IPv4 address, and names of UDP services; all names twice an hour.
due() {
  destinations | sort -u | while read -r name _ protocol; do
    is_name "$name" || continue
    if [ "$protocol" = udp ]; then
      echo "$name"
    elif has_ipv6 && { [ $((round % 360)) = 1 ] || ! grep -q '\.' "$names/$name" 2>/dev/null; }; then
      echo "$name"
    fi
  done | sort -u
}

# Keeps an address for as long as it is among the answers.
choose() {
  destinations | cut -d ' ' -f 1 | sort -u | while read -r name; do
    is_name "$name" || continue
    grep -q : "$names/$name" 2>/dev/null || continue
    was=$(sed -n "s/^$name //p" "$names/chosen")
    grep -qxF "${was:-none}" "$names/$name" || was=$(head -n 1 "$names/$name")
    echo "$name $was"
  done >"$names/chosen.new"
  mv "$names/chosen.new" "$names/chosen"
}

# In the background, for a nameserver may let it wait.
look_up_due() {
  rm -f "$names/judged" "$names/done"
  looking=1
  round=$((round + 1))
  rest=5
  {
    judge_nameservers
    : >"$names/judged"
    due | {
      while read -r name; do
        look_up "$name" &
        running=$((${running:-0} + 1))
        [ $((running % 16)) != 0 ] || wait
      done
      wait
    }
    choose
    : >"$names/done"
  } 2>/dev/null &
}

# Where UDP sockets may lead: "<address> <port>", and "- <port>" when nobody knows.
known() {
  while read -r server; do echo "$server 53"; done <"$state/current/nameservers"
  destinations | while read -r host port protocol; do
    if [ "$protocol" = tcp ]; then
      continue
    elif ! is_name "$host"; then
      echo "$host $port"
    elif [ -s "$names/$host" ]; then
      while read -r address; do echo "$address $port"; done <"$names/$host"
    else
      echo "- $port"
    fi
  done
}

# UDP sockets to the port of a destination and to none of its addresses, as "<local> <remote>" in the
# kernel's hexadecimal words, each of 32 bits in the byte order of the machine: little-endian.
stray() {
  {
    known
    echo sockets
    cat /proc/net/udp /proc/net/udp6 2>/dev/null
  } | awk '
    function word(hex) { return substr(hex, 7) substr(hex, 5, 2) substr(hex, 3, 2) substr(hex, 1, 2) }
    function kernel(address, part, half, left, right, groups, i, hex) {
      if (split(address, part, ".") == 4)
        return word(sprintf("%02X%02X%02X%02X", part[1], part[2], part[3], part[4]))
      right = 0
      left = split(address, half, "::") > 0 ? split(half[1], part, ":") : 0
      for (i = 1; i <= left; i++) groups = groups substr("0000" part[i], length(part[i]) + 1)
      if (address ~ /::/) {
        right = half[2] == "" ? 0 : split(half[2], part, ":")
        for (i = left + right; i < 8; i++) groups = groups "0000"
        for (i = 1; i <= right; i++) groups = groups substr("0000" part[i], length(part[i]) + 1)
      }
      for (i = 0; i < 4; i++) hex = hex word(toupper(substr(groups, 8 * i + 1, 8)))
      return hex
    }
    $1 == "sockets" { sockets = 1 }
    !sockets {
      port = sprintf("%04X", $2)
      if ($1 == "-") unknown[port]
      else { watched[port]; leads[kernel($1) ":" port] }
      next
    }
    $3 !~ /:/ || $3 ~ /:0000$/ { next }
    { split($3, remote, ":") }
    (remote[2] in watched) && !(remote[2] in unknown) && !($3 in leads) { print $2, $3 }
  '
}

# Every second: takes what was looked up, and begins to look up again.
follow_names() {
  rest=$((rest - 1))
  if [ -e "$names/judged" ] && rm "$names/judged" && [ "$(resolver "$state/current")" != "$(cat "$state/current/resolver.cfg")" ]; then
    log "nameservers that answer: $(asked "$state/current" | awk '{ printf "%s ", $0 }')"
    fit
    update
  elif [ -n "$looking" ] && [ -e "$names/done" ]; then
    looking=
    if stray | grep -qvxF -f "$names/left"; then strays=$((strays + 1)); else strays=0; fi
    [ $round -lt $((next + 720)) ] || patience=2
    if [ $strays -ge 2 ] && [ $round -ge $next ]; then
      log "a name has moved: UDP sessions begin anew"
      stray >>"$names/left"
      moved=$((moved + 1))
      strays=0
      next=$((round + patience))
      patience=$((patience < 360 ? 2 * patience : 720))
      fit
      update
    elif ! cmp -s "$names/chosen" "$state/current/chosen"; then
      fit
      update
    fi
  elif [ $rest -le 0 ] && { [ -z "$looking" ] || [ $rest -lt -60 ]; }; then
    look_up_due
  fi
}
