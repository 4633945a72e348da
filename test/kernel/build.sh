#!/bin/sh
# Prints the folder of a guest whose kernel has WireGuard: kernel, initrd, disk.img. It is made of
# Debian's packages alone; the first run takes minutes and the network, later ones neither.
set -eu

here=$(dirname "$0")
suite=bookworm
packages="linux-image-cloud-amd64 haproxy kmod linux-perf python3-minimal $(tr '\n' ' ' <"$here/../e2e/packages")"
version=$({ echo "$packages" && cat "$0" "$here/guest-init"; } | sha256sum | cut -c 1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/wireguard-endpoint/kernel
guest=$cache/$suite-$version

mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if [ -e "$guest/disk.img" ]; then
  echo "$guest"
  exit
fi

echo "building a guest in $guest: some minutes, once" >&2
new=$cache/new
rm -rf "$new"
mkdir "$new"
# In mount and process namespaces of its own, so that nothing stays mounted when this is killed.
# shellcheck disable=SC2016 # expanded by the inner shell
nice setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc sh -euc '
  new=$1 suite=$2 packages=$3 init=$4
  root=$new/root
  debootstrap --variant=minbase "$suite" "$root"
  install -m 0755 "$init" "$root/sbin/guest-init"
  # An initrd with what leads to the disk, and nothing else.
  mkdir -p "$root/etc/initramfs-tools/conf.d"
  printf "MODULES=list\nCOMPRESS=gzip\n" >"$root/etc/initramfs-tools/conf.d/guest"
  printf "%s\n" virtio_pci virtio_blk ext4 >"$root/etc/initramfs-tools/modules"
  # By apt, since debootstrap does not know virtual packages.
  # shellcheck disable=SC2086 # a list of names
  DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get install -y --no-install-recommends \
    -o Dpkg::Options::=--force-confold $packages
  chroot "$root" apt-get clean
  cp "$root"/boot/vmlinuz-* "$new/kernel"
  cp "$root"/boot/initrd.img-* "$new/initrd"
  rm -rf "$root"/boot/* "$root"/var/lib/apt/lists/*
  mke2fs -q -t ext4 -d "$root" -E root_owner=0:0 "$new/disk.img" 4G
  rm -rf "$root"
' sh "$new" "$suite" "$packages" "$here/guest-init" >"$cache/build.log" 2>&1 || {
  tail -n 20 "$cache/build.log" >&2
  echo "the guest could not be built: $cache/build.log has all of it" >&2
  exit 1
}
mv "$new" "$guest"
echo "$guest"
