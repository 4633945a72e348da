# shellcheck shell=dash
# shellcheck disable=SC2034,SC2154 # state is set by link.sh, refused by network.sh, current by adopt.sh, known_outside is for peers.sh
#
# Sourced by init.sh: the loop that keeps wg0 as the adopted files say, and the answers to probes.

# Seconds between two looks at wg0, each of which takes some of the processor.
look_every=4
# Looks after which it is tried again to put right what could not be.
try_every=8

# What is not as the files say, for the log and for readiness.
left_out=$state/left-out

# What the last look saw, and a sum of what does not change by itself. There are keys in it: it stays
# in memory.
look() {
  links=$(seen)
  dump=$(wg show wg0 dump 2>/dev/null)
  sum=$({
    printf '%s\n' "$links"
    ip -o link show dev eth0 2>/dev/null
    ! has_destinations "$current/listeners" || answer_ports
    printf '%s\n' "$dump" | awk -F '\t' '{ print $1, $2, NF == 8 ? $4 " " $8 : $3 " " $4 }' | sort
  } | sha256sum)
  beat
}

# What the last look saw that is not as the files say.
compare() {
  plan=$(differences "$current" "$links") && wrong=$(printf '%s\n' "$dump" | peers "$current" compare "$hold")
}

listed() {
  printf '%s\n' "$plan" | described "$links"
  printf '%s\n' "$wrong" | awk 'NF && NR <= 3 { print } END { if (NR > 3) print NR - 3 " more of the peers" }'
}

# Puts right what differs, in an order: addresses come before peers, so that who gets in finds its
# service, and go after them.
put_right() {
  if [ -n "$plan" ]; then
    for kind in link rule route address; do run_lines "$plan" + $kind; done
    run_lines "$plan" - rule
    links=$(seen)
    plan=$(differences "$current" "$links") || return
    beat
  fi
  if loose=$(printf '%s\n' "$plan" | unconfined); then
    plan=$loose wrong='peers could reach more than their services, and are not let in'
    return 1
  fi
  if [ -n "$wrong" ]; then
    said=$(sync_peers "$current" "$hold")
    beat
  fi
  run_lines "$plan" - route
  run_lines "$plan" - address
}

# What differs is put right and compared again; twice, for someone may have changed it in between.
# What differs then is left out.
converge() {
  hold=
  [ -z "$refused_said" ] || hold=keep # the private key may be what was refused
  confined=yes
  compare || return
  changed=$(listed)
  for _ in 1 2; do
    [ -n "$plan$wrong" ] || break
    said=
    rm -f "$refused"
    put_right || {
      confined=
      break
    }
    look
    compare || return
  done
  {
    peers "$current" excluded | head -n 10
    listed
    [ -z "$wrong" ] || printf '%s\n' "$said"
  } | sed '/^$/d' >"$left_out"
  verified=$sum
  [ -z "$confined" ] || echo "$adopted" >"$state/revision"
}

in_one_line() { sed -n '/./H; ${ g; s/\n//; s/\n/; /g; p; }'; }

# Says each thing once.
report() {
  if [ -s "$left_out" ]; then
    problem=$(in_one_line <"$left_out")
    if [ "$problem" != "$left_said" ]; then
      log "not applied: $problem${confined:+; the rest is in force}"
      tries=$((try_every - 1)) # once soon, then seldom
    fi
    left_said=$problem
    force_said=
  elif [ "$force_said" != "$adopted" ]; then
    log "in force: $(grep -c ^address "$current/wg0.ip") addresses, $(grep -c '^\[Peer]' "$current/wg0.cfg") peers, public key $(wg show wg0 public-key)"
    force_said=$adopted
    left_said=
  else
    put_back=$(printf '%s\n' "$changed" | in_one_line)
    [ -z "$put_back" ] || [ "$put_back" = "$put_back_said" ] || log "was changed by someone else, and put back: $put_back"
    put_back_said=$put_back
  fi
}

keep() {
  passes=$((passes + 1))
  if [ -n "$verified" ] && [ $passes -lt $look_every ] && link_up; then return; fi
  passes=0
  install_tools
  make_link || return 0
  look
  if [ "$sum" = "$verified" ]; then
    unnest_peers "$dump"
    [ -s "$left_out" ] || return 0
    tries=$((tries + 1))
    [ $tries -ge $try_every ] || return 0
  fi
  tries=0
  known_outside=
  if converge; then report; fi
}

run() {
  trap stop TERM INT
  rm -f "$state/heartbeat" "$state/revision" "$left_out"
  verified='' left_said='' force_said='' put_back_said='' passes=0 tries=0
  install_tools
  while :; do
    beat
    adopt
    [ ! -e "$current/wg0.cfg" ] || keep
    pause 1
  done
}

# Without the kernel's WireGuard the tunnel ends with this process: let connections finish first, for
# as long as the pod is given.
stop() {
  if [ -n "${userspace:-}" ]; then
    # States of RFC 9293 with something left to say: ESTABLISHED, FIN-WAIT-1 and -2, CLOSE-WAIT.
    while grep -qE ':[0-9A-F]{4} (01|04|05|08) ' /proc/net/tcp /proc/net/tcp6 2>/dev/null; do pause 1; done
    kill "$userspace" 2>/dev/null
  fi
  exit 0
}

serving() {
  if ! link_up; then
    echo "wg0 is not up"
  elif actual=$(wg show wg0 public-key) && [ "$actual" = "(none)" ]; then
    echo "wg0 has no private key"
  elif expected=$(cat "$current/public-key" 2>/dev/null) && [ -n "$expected" ] && [ "$actual" != "$expected" ]; then
    echo "wg0 has the key $actual, clients expect $expected"
  else
    return 0
  fi
  return 1
}

ready() {
  serving || return 1
  if ! in_force; then
    echo "the mounted files are not in force: the log says why"
  elif [ -s "$left_out" ]; then
    sed 's/^/not applied: /' "$left_out"
  else
    return 0
  fi
  return 1
}
