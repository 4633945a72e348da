#!/bin/bash
# Packs the image every container of the cluster runs, since nothing can be pulled: busybox, and from
# this machine nginx, WireGuard, Node.js, PostgreSQL and git with the libraries they ask for. Prints a
# tarball in the form of `docker save` with two names for it:
#
#   localhost/endpoint:1    runs what it is told; without a command it is a pod's sandbox
#   localhost/exporter:1    runs the Prometheus exporter, as the image of that name does
set -euo pipefail
# shellcheck source=test/cluster/machine/settings.sh
. "$(dirname "$0")/settings.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

add_libraries() { # FILE: what it is linked to, which for a static program is nothing
  { ldd "$1" 2>/dev/null | grep -oE '/[^ ]+' || true; } | while read -r library; do
    [ -e "$root$library" ] && continue
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
}

add() { # FILE...
  local file
  for file; do
    mkdir -p "$root$(dirname "$file")"
    cp -L --remove-destination "$file" "$root$file"
    add_libraries "$file"
  done
}

mkdir -p "$root"/{bin,etc,tmp,run,var/run/postgresql,proc,sys,dev}
chmod 1777 "$root/tmp"
# Debian's busybox takes its own ip before the one in the PATH, which Alpine's does not.
LC_ALL=C sed 's/\x00ip\x00/\x00i_\x00/' "$(command -v busybox)" >"$root/bin/busybox"
chmod 755 "$root/bin/busybox"
add_libraries "$root/bin/busybox"
for applet in $(busybox --list); do
  case $applet in busybox | ip) ;; *) ln -s busybox "$root/bin/$applet" ;; esac
done
printf 'root:x:0:0::/:/bin/sh\nnginx:x:101:101::/:/bin/sh\npostgres:x:70:70::/tmp:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\nnginx:x:101:\npostgres:x:70:\n' >"$root/etc/group"

postgres=$(find /usr/lib/postgresql -name postgres -path '*/bin/*' | sort -V | tail -n 1)
postgres=${postgres%/bin/postgres}
for program in bash wg wg-quick wireguard-go nginx node git ip; do add "$(readlink -f "$(command -v $program)")"; done
add /usr/lib/nginx/modules/ngx_stream_module.so "$postgres"/bin/{postgres,initdb,psql} \
  "$postgres"/lib/{dict_snowball,plpgsql}.so "$bin"/{coredns,prometheus_wireguard_exporter}
mkdir -p "$root"/usr/{local/bin,share/postgresql} "$root"/var/{lib,log}/nginx
cp -r "/usr/share/postgresql/${postgres##*/}" "$root/usr/share/postgresql/"
for program in "$postgres"/bin/{postgres,initdb,psql} "$bin"/{coredns,prometheus_wireguard_exporter} \
  "$(readlink -f "$(command -v ip)")"; do ln -s "$program" "$root/usr/local/bin/"; done
ln -s /usr/bin/bash "$root/bin/bash"
ln -s git "$root/usr/bin/git-receive-pack"
ln -s git "$root/usr/bin/git-upload-pack"

tar -C "$root" --owner=0 --group=0 --numeric-owner --mtime=@0 --sort=name -cf "$work/layer.tar" .
layer=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
configuration() { # FILE COMMAND
  cat >"$work/$1" <<J
{ "architecture": "amd64", "os": "linux", "rootfs": { "type": "layers", "diff_ids": ["sha256:$layer"] },
  "config": { "Env": ["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], $2 } }
J
}
configuration endpoint.json '"Cmd": ["/bin/sleep", "2147483647"]'
configuration exporter.json '"Entrypoint": ["/usr/local/bin/prometheus_wireguard_exporter"]'
cat >"$work/manifest.json" <<J
[{ "Config": "endpoint.json", "RepoTags": ["localhost/endpoint:1"], "Layers": ["layer.tar"] },
 { "Config": "exporter.json", "RepoTags": ["localhost/exporter:1"], "Layers": ["layer.tar"] }]
J
tar -C "$work" -c manifest.json endpoint.json exporter.json layer.tar
