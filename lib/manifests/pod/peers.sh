# shellcheck shell=dash
# shellcheck disable=SC2034,SC2154 # full_address is set by network.sh, psks is for adopt.sh
#
# Sourced by init.sh: keys and peers, as they have to be against as they are. Keys go from the Secrets
# to wg through pipes and variables: neither argv nor a file sees them, and no message quotes one.

secret=/wireguard-key
psks=/wireguard-psk

# The one reader of keys. Blanks and line ends around a key are no part of it.
# shellcheck disable=SC2016 # for awk
key_reader='
  function key(file,    line, text, n) {
    for (n = 0; (getline line <file) > 0; n++) text = text (n ? "\n" : "") line
    close(file)
    gsub(/^[ \t\r\n]+|[ \t\r\n]+$/, "", text)
    return text
  }
  function is_key(text) { return length(text) == 44 && text ~ /^[A-Za-z0-9+\/]*[AEIMQUYcgkosw048]=$/ }
'

# Says what is wrong with the private key, for the files in a folder.
check_key() {
  private=$(awk -v file=$secret/private-key "$key_reader"'BEGIN { print key(file) }')
  expected=$(cat "$1/public-key")
  case $private in
  '')
    if [ -e $secret/private-key ]; then
      echo "the private key is empty: encrypt it anew with npm run keygen"
    else
      echo "no private key: waiting for the Secret of this pod to hold an entry private-key"
    fi
    ;;
  'ENC['*)
    echo "the private key is still encrypted (ENC[...]): the Secret was applied without being decrypted; add spec.decryption to the Flux Kustomization"
    ;;
  *)
    if ! actual=$(printf '%s\n' "$private" | wg pubkey 2>/dev/null); then
      echo "the private key is not base64 of 32 bytes: encrypt it anew with npm run keygen"
    elif [ -n "$expected" ] && [ "$actual" != "$expected" ]; then
      echo "the private key belongs to $actual, clients expect $expected: apply the Secret and the ConfigMap of one commit"
    else
      return 0
    fi
    ;;
  esac
  return 1
}

# Reads wg0.cfg of a folder, and does one of three things with it:
#
#   settings   prints it for `wg syncconf`, with keys in the place of their paths
#   compare    prints what differs from the `wg show wg0 dump` on standard input
#   excluded   prints which peers have no usable preshared key, and are left out
#
# With the second argument `keep` the private key stays as it is.
peers() {
  awk -v file="$1/wg0.cfg" -v task="$2" -v keep="${3:-}" "$key_reader$full_address"'
    function read_file(    line, word, n, psk) {
      while ((n = (getline line <file)) > 0) {
        split(line, word, " ")
        if (line == "[Peer]") count++
        else if (word[1] == "PrivateKey") private = key(word[3])
        else if (word[1] == "ListenPort") port = word[3]
        else if (word[2] == "friendly_name") name[count] = word[4]
        else if (word[1] == "PublicKey") public[count] = word[3]
        else if (word[1] == "AllowedIPs") allowed[count] = substr(line, length("AllowedIPs = ") + 1)
        else if (word[1] == "PresharedKey") {
          psk = preshared[count] = key(word[3])
          if (psk ~ /^ENC\[/) why[count] = "the key in " word[3] " is still encrypted (ENC[...]), add spec.decryption to the Flux Kustomization"
          else if (!is_key(psk) || psk == none) why[count] = "no key in " word[3]
        }
      }
      return n == 0
    }
    # What an older wg would leave as it is where the file does not say it.
    function settings(    i) {
      print "[Interface]"
      if (!keep) print "PrivateKey = " private
      print "ListenPort = " port "\nFwMark = off"
      for (i = 1; i <= count; i++) if (!(i in why)) {
        print "[Peer]\nPublicKey = " public[i]
        print "PresharedKey = " (i in preshared ? preshared[i] : none)
        print "PersistentKeepalive = off\nAllowedIPs = " allowed[i]
      }
    }
    function compare(    i, n, has, line) {
      for (i = 1; i <= count; i++) if (!(i in why)) missing[public[i]] = i
      if ((getline line) > 0) {
        split(line, has, "\t")
        if (!keep && has[1] != private) print "the private key"
        if (has[3] != port) print "the port"
        if (has[4] != "off") print "the routing mark"
      } else print "wg0"
      while ((getline line) > 0) {
        split(line, has, "\t")
        i = missing[has[1]]
        delete missing[has[1]]
        if (!i) print "a peer too many, " has[1]
        else if (has[2] != (i in preshared ? preshared[i] : "(none)")) print "the preshared key of " called(i)
        else if (has[8] != "off") print "the keepalive of " called(i)
        else if (!as_many_and_the_same(has[4], allowed[i])) print "the allowed IPs of " called(i)
      }
      for (n in missing) print "the peer " called(missing[n])
    }
    function as_many_and_the_same(one, other,    a, b, n, i, set) {
      if (one == other) return 1
      n = split(one, a, / *, */)
      if (n != split(other, b, / *, */)) return 0
      for (i = 1; i <= n; i++) set[full(a[i])]
      for (i = 1; i <= n; i++) if (!(full(b[i]) in set)) return 0
      return 1
    }
    function called(i) { return i in name ? name[i] : public[i] }
    BEGIN {
      none = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
      if (!read_file() || port == "") exit 1
      if (task == "settings") settings()
      if (task == "compare") compare()
      if (task == "excluded") for (i = 1; i <= count; i++) if (i in why) print why[i] ": its peer is left out"
    }
  '
}

# wg may be handed half of it, and takes that for all: whoever calls this compares afterwards. It
# would quote a key that was cut.
sync_peers() {
  settings=$(peers "$1" settings "$2") || return
  printf '%s\n' "$settings" | wg syncconf wg0 /dev/stdin 2>&1 | sed 's/`.*//'
}

# Forgets the endpoint of a peer where that is an address behind wg0, for WireGuard would feed itself.
# Nothing listens on the port it gets; its next packet from outside brings the right one, and nobody
# else notices. Argument: what `wg show wg0 dump` prints.
unnest_peers() {
  outside=$(printf '%s\n' "$1" | awk -F '\t' 'NF == 8 && $3 != "(none)" { print address($3) }
    function address(end) { sub(/:[0-9]+$/, "", end); gsub(/\[|]|%.*/, "", end); return end }' | sort -u)
  [ "$outside" != "${known_outside:-}" ] || return 0
  inside=$(printf '%s\n' "$outside" | sed 's/.*/route get & ipproto 6/' | ip -force -batch - 2>/dev/null |
    awk '/ dev wg0 / { print $1 }')
  if [ -z "$inside" ]; then
    known_outside=$outside
    return
  fi
  printf '%s\n' "$inside" "$1" | awk -F '\t' '
    NF == 1 { inside[$1]; next }
    NF == 8 {
      end = $3
      sub(/:[0-9]+$/, "", end)
      gsub(/\[|]|%.*/, "", end)
      if (end in inside) print $1, $3
    }' | while read -r peer endpoint; do
    wg set wg0 peer "$peer" endpoint 127.0.0.1:9 &&
      log "the peer $peer came through its own tunnel: its endpoint $endpoint is behind wg0, and is forgotten"
  done
}
