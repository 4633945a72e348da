#!/bin/sh
# Runs a command the way a container runtime would, inside mount and process namespaces its caller
# made: a root of its own with busybox as the shell, volumes, a read-only root file system, rights.
#
#   container.sh ROOT BUSYBOX RO RESOLV_CONF VOLUME... -- SETPRIV_OPTION... -- COMMAND...
#
# With PLAIN_ALPINE set, the image has neither wg nor iproute2, but an apk: see apk.sh.
#
# A VOLUME is SOURCE:TARGET:ro or SOURCE:TARGET:rw; RO is "ro" or "rw".
set -eu

root=$1 busybox=$2 mode=$3 resolv=$4
shift 4

mount --make-rprivate /
mount -t tmpfs -o mode=0755 tmpfs "$root"
for dir in bin dev etc proc run tmp usr var; do mkdir "$root/$dir"; done
chmod 1777 "$root/tmp"
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
ln -s usr/sbin "$root/sbin"
ln -s ../run "$root/var/run"
mount --bind /usr "$root/usr"
mount -o remount,bind,ro "$root/usr"
cp "$busybox" "$root/bin/busybox"
for applet in sh awk cat cmp grep ls mv nc readlink rm sed sleep timeout head; do ln -s busybox "$root/bin/$applet"; done
if [ -n "${PLAIN_ALPINE:-}" ]; then
  mkdir "$root/packages"
  cp /usr/bin/wg "$(readlink -f /usr/sbin/ip)" "$root/packages"
  for tool in /usr/bin/wg /usr/sbin/ip /usr/bin/ip; do
    [ ! -e "$tool" ] || mount --bind /dev/null "$root$(readlink -f "$tool")"
  done
  cp "$(dirname "$0")/apk.sh" "$root/bin/apk"
fi
cp "$resolv" "$root/etc/resolv.conf"
mount -t proc proc "$root/proc"
for device in null zero full random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
ln -s /proc/self/fd "$root/dev/fd"
for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${n%%:*}" "$root/dev/${n#*:}"; done

while [ "$1" != -- ]; do
  source=${1%%:*} rest=${1#*:}
  target=$root${rest%%:*}
  mkdir -p "$(dirname "$target")"
  if [ -d "$source" ]; then mkdir -p "$target"; else : >"$target"; fi
  mount --bind "$source" "$target"
  [ "${rest#*:}" = rw ] || mount -o remount,bind,ro "$target"
  shift
done
shift
[ "$mode" = rw ] || mount -o remount,ro "$root"

cd /
exec env -i PATH=/bin:/usr/sbin:/usr/bin chroot "$root" /usr/bin/setpriv "$@"
