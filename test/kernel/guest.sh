#!/bin/sh
# guest.sh COMMAND...: runs a shell command in a copy of this project, as root of a machine whose
# kernel has WireGuard: Debian's kernel in an emulator. Exits with the command's code. What the
# machine writes is gone with it; it is gone when this process is, also when that is killed, or what
# started it.
#
# One virtual processor, one nanosecond an instruction, and a clock that counts instructions: what
# else the host does changes no time inside, and no timeout. Scripts find its name in MACHINE.
# Without erms, for an instruction that moves a byte would then be as dear as one that moves eight.
set -eu

here=$(dirname "$0")
missing=
for tool in setpriv unshare mke2fs tar qemu-system-x86_64 debootstrap; do
  PATH=$PATH:/usr/sbin:/sbin command -v $tool >/dev/null || missing="$missing $tool"
done
[ "$(id -u)" = 0 ] || missing="$missing root"
if [ -n "$missing" ]; then
  echo "This kernel has no WireGuard, and to emulate one that has, this is missing here:$missing" >&2
  echo "On Debian, as root: apt-get install --no-install-recommends debootstrap e2fsprogs qemu-system-x86" >&2
  exit 1
fi
export PATH="$PATH:/usr/sbin:/sbin"
[ "${GUARDED:-}" = $$ ] || GUARDED=$$ exec setpriv --pdeathsig KILL "$0" "$@"

guest=$(setpriv --pdeathsig KILL "$here/build.sh")
modules=$(setpriv --pdeathsig KILL "$here/modules.sh")
cd "$here/../.."
machine="$(qemu-system-x86_64 --version | sed -n '1s/.*version \([0-9.]*\).*/QEMU \1/p') with -icount shift=0: one processor, one nanosecond an instruction"
command=$*
# shellcheck disable=SC2016 # expanded by the inner shell
exec unshare --mount --pid --fork --kill-child --mount-proc sh -euc '
  guest=$1 modules=$2 machine=$3 command=$4
  mount -t tmpfs tmpfs /run
  {
    echo "export MACHINE=\"$machine\" CI=1"
    printf "%s\n" "$command"
  } >/run/.guest-command
  git ls-files -z --cached --others --exclude-standard |
    tar --null --files-from=- --ignore-failed-read -cf /run/project.tar
  tar -rf /run/project.tar -C /run .guest-command
  mkfifo /run/code
  cat /run/code >/run/code.seen &
  # Overlays go to files that have no name from the start.
  TMPDIR=${guest%/*} timeout 3h qemu-system-x86_64 -smp 1 -accel tcg,thread=single -icount shift=0 \
    -cpu max,la57=off,erms=off -m 3072 -rtc clock=vm -nodefaults -display none -no-reboot \
    -kernel "$guest/kernel" -initrd "$guest/initrd" \
    -append "root=/dev/vda rw init=/sbin/guest-init console=ttyS0 quiet panic=-1 mitigations=off" \
    -drive file="$guest/disk.img",format=raw,if=virtio,snapshot=on \
    -drive file="$modules",format=raw,if=virtio,snapshot=on \
    -drive file=/run/project.tar,format=raw,if=virtio,readonly=on \
    -serial file:/run/kernel.log -serial stdio -serial file:/run/code </dev/null
  code=$(tr -dc 0-9 </run/code.seen)
  if [ -z "$code" ]; then
    tail -n 30 /run/kernel.log >&2
    echo "the guest ended early; above is what its kernel said last" >&2
  fi
  exit "${code:-1}"
' sh "$guest" "$modules" "$machine" "$command"
