# shellcheck shell=dash
# shellcheck disable=SC2154 # state is set by link.sh
#
# Sourced by init.sh: what `ip` sets, as it has to be against as it is. Both are written in the words
# of `ip -batch`, so that what is missing is what to run, and what is too much is run with `del`.

# What `ip` said of the lines it refused: line, tab, reason.
refused=$state/refused

has_ipv6() { ip -6 rule show >/dev/null 2>&1; }

# Rules come before what they keep in bounds.
wanted() {
  wanted_link "$1" && confinement "$1" && sed '/^link/d' "$1/wg0.ip"
}

# What there is, as `ip` shows it, each line behind its kind.
seen() {
  ip -o link show dev wg0 | sed 's/^/link /'
  ip -o address show dev wg0 | sed 's/^/address /'
  for family in 4 6; do
    [ $family = 4 ] || has_ipv6 || continue
    ip -$family rule show | sed "s/^/rule $family /"
    ip -$family route show table all dev wg0 | sed "s/^/route $family /"
  done
} 2>/dev/null

# Programs shorten IPv6 addresses differently: the same one in full.
# shellcheck disable=SC2016,SC2034 # for awk; peers.sh reads it too
full_address='
  function full(word,    at, address, head, tail, n, part) {
    if (word !~ /:/) return word
    at = index(word, "/")
    address = at ? substr(word, 1, at - 1) : word
    if (n = index(address, "::")) {
      head = substr(address, 1, n - 1)
      tail = substr(address, n + 2)
      n = split(head, part, ":") + split(tail, part, ":")
      for (; n < 8; n++) head = head (head == "" ? "0" : ":0")
      address = head (tail == "" ? "" : ":" tail)
    }
    return address (at ? substr(word, at) : "")
  }
'

# Prints `+ line` for what is missing, `- line` for what is too much. Arguments: the folder of the
# files, and what `seen` saw.
differences() {
  {
    wanted "$1" && echo seen && printf '%s\n' "$2"
  } | awk "$full_address"'
    function same(line,    word, n, i) {
      if (line !~ /:/) return line
      n = split(line, word, " ")
      line = word[1]
      for (i = 2; i <= n; i++) line = line " " full(word[i])
      return line
    }
    function after(name,    i) {
      for (i = 4; i < NF; i++) if ($i == name) return $(i + 1)
      return ""
    }
    function option(name, common,    value) {
      value = after(name)
      return value == "" || value == common ? "" : " " name " " value
    }
    function is(line) {
      found[++all] = line
      there[same(line)]
    }
    function protocol(name) {
      sub(/^ipproto-/, "", name)
      return name in number ? number[name] : name
    }
    BEGIN {
      number["icmp"] = 1; number["tcp"] = 6; number["udp"] = 17; number["ipv6-icmp"] = number["icmpv6"] = 58
      any[4] = "0.0.0.0/0"; any[6] = "::/0"
      host[4] = "/32"; host[6] = "/128"
    }
    $0 == "seen" { comparing = 1; next }
    !comparing { needed[++count] = $0; wanted[same($0)]; next }
    $1 == "link" {
      is("link set dev wg0 group " after("group"))
      is("link set dev wg0 mtu " after("mtu"))
      if ($4 ~ /[<,]UP[,>]/) is("link set dev wg0 up")
    }
    $1 == "address" && after("scope") != "link" { is("address replace " $5 " dev wg0") }
    $1 == "route" && after("proto") != "kernel" {
      type = $3 ~ /^[a-z]+$/ && $3 != "default" ? $3 " " : ""
      to = type == "" ? $3 : $4
      if (to == "default") to = any[$2]
      if (to !~ /\//) to = to host[$2]
      is("route replace " type to " dev wg0" option("proto", "boot") option("table", "") option("metric", $2 == 6 ? 1024 : 0))
    }
    # Ours speak of wg0 or stand among the fixed ones; others may have theirs.
    $1 == "rule" && (/iif wg0 / || $3 ~ /^(2999[78]|3000[0-4]):$/ || /0:.from all lookup local$/) {
      line = "rule add priority " $3 + 0
      for (i = 4; i <= NF; i++) {
        if ($i ~ /^\[/) continue
        word = $i
        if ($(i - 1) == "ipproto") word = protocol(word)
        if ($(i - 1) ~ /^(from|to)$/) word = word == "all" ? any[$2] : word ~ /\// ? word : word host[$2]
        line = line " " word
      }
      is(line)
    }
    END {
      if (!comparing) exit 1 # what is wanted has not come whole
      for (i = 1; i <= count; i++) if (!(same(needed[i]) in there)) print "+ " needed[i]
      for (i = 1; i <= all; i++) if (found[i] !~ /^link/ && !(same(found[i]) in wanted)) print "- " found[i]
    }
  '
}

# Runs what `differences` found, of a kind: `+` or `-`, and a word the line begins with. A line that
# is refused stops no other; what was said of it is kept.
run_lines() {
  lines=$(printf '%s\n' "$1" | awk -v sign="$2" -v kind="$3" '
    $1 == sign && index($2, kind) == 1 {
      sub(/^. /, "")
      if (sign == "-") sub(/ (add|replace) /, " del ")
      print
    }')
  for family in 4 6; do
    some=$(printf '%s\n' "$lines" | awk -v six=$((family == 6)) '$0 != "" && /:/ == six')
    [ -n "$some" ] || continue
    said=$(printf '%s\n' "$some" | ip -$family -force -batch - 2>&1) && continue
    printf '%s\nsaid\n%s\n' "$some" "$said" | awk '
      $0 == "said" { saying = 1; next }
      !saying { line[++count] = $0; next }
      /^Command failed / { sub(/.*:/, ""); print line[$0] "\t" reason; reason = ""; next }
      { sub(/^(RTNETLINK answers|Error): /, ""); reason = $0 }
    ' >>"$refused"
  done
}

# Says what `differences` found, and what was said of it, to a reader: a line for each reason.
# Argument: what `seen` saw.
described() {
  awk -v refused="$refused" -v mtu="$(printf '%s\n' "$1" | sed -n 's/^link .* mtu \([0-9]*\) .*/\1/p')" '
    BEGIN {
      while ((getline line <refused) > 0) {
        tab = index(line, "\t")
        why[substr(line, 1, tab - 1)] = substr(line, tab + 1)
      }
    }
    NF {
      line = substr($0, 3)
      if ($1 == "-") sub(/ (add|replace) /, " del ", line)
      reason = /:/ && mtu < 1280 ? "wg0 has an MTU of " mtu ", IPv6 needs 1280" : why[line]
      gsub(/ (add|replace|dev wg0|proto static)/, "", line)
      if (!(reason in names)) order[++count] = reason
      else if (many[reason] < 3) names[reason] = names[reason] ", "
      if (++many[reason] <= 3) names[reason] = names[reason] line
    }
    END {
      for (i = 1; i <= count; i++) {
        reason = order[i]
        print names[reason] (many[reason] > 3 ? " and " many[reason] - 3 " more" : "") (reason == "" ? "" : ": " reason)
      }
    }
  '
}
