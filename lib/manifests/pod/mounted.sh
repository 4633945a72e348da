# shellcheck shell=dash
#
# Sourced by init.sh and proxy.sh: what is mounted, taken whole.
#
# The kubelet writes the files of a volume into a folder of their own, swaps the link ..data to it in
# one step, and sees to the links of single files afterwards (kubernetes, atomic_writer.go). So files
# are read from the folder behind ..data, and count only if that is still the one when all are read.

config=/wireguard

# Names what is mounted now in each of the volumes.
revision() { for volume in "$@"; do readlink "$volume/..data"; done; }

# Copies files of the configuration into a folder, all of one version, or says why it cannot. A file
# too large for one ConfigMap goes on in <file>.01, <file>.02 ...; the kubelet updates one ConfigMap
# after the other, which the checksums tell.
take() {
  to=$1
  shift
  from=$config/$(readlink $config/..data)
  rm -rf "$to"
  mkdir "$to" || return 1
  if [ -e "$from/checksums" ] && ! (cd "$from" && sha256sum -c checksums) >/dev/null 2>&1; then
    echo "the ConfigMaps are of different versions: waiting for the rest"
    return 1
  fi
  for file in "$@"; do
    : >"$to/$file"
    for part in "$from/$file" "$from/$file".[0-9]*; do
      [ ! -e "$part" ] || cat "$part" >>"$to/$file" || return 1
    done
  done
  [ "$from" = "$config/$(readlink $config/..data)" ] || {
    echo "the files are changing"
    return 1
  }
}
