#!/bin/bash
# Ends what up.sh started, by the process numbers it wrote, and removes what it made. Keeps what was
# built.
set -u
# shellcheck source=test/cluster/machine/settings.sh
. "$(dirname "$0")/settings.sh"

end() { # NAME
  local pid
  [ -s "$state/$1.pid" ] || return 0
  pid=$(cat "$state/$1.pid")
  kill "$pid" 2>/dev/null || return 0
  for _ in $(seq 50); do
    runs "$pid" || return 0
    sleep 0.1
  done
  kill -9 "$pid"
}

containerd() { ctr -a "$state/containerd.sock" -n k8s.io "$@" 2>/dev/null; }

for name in kustomize-controller source-controller kube-router kube-proxy kubelet kube-scheduler kube-controller-manager; do end $name; done
sandboxes=
if [ -S "$state/containerd.sock" ]; then
  for id in $(containerd containers list -q); do
    sandboxes+=" $(containerd containers info "$id" | grep -o 'netns/cni-[0-9a-f-]*' | cut -d/ -f2)"
    containerd tasks kill -s KILL "$id" >/dev/null
  done
  for id in $(containerd tasks list -q); do containerd tasks delete -f "$id" >/dev/null; done
fi
for name in kube-apiserver etcd containerd; do end $name; done
# Shims outlive containerd; ours have its socket among their arguments.
for process in /proc/[0-9]*; do
  tr "\0" " " 2>/dev/null <"$process/cmdline" | grep -qF "$state/containerd.sock" && kill "${process#/proc/}"
done
awk -v state="$state/" 'index($2, state) == 1 { print $2 }' /proc/mounts | sort -r | while read -r mount; do
  umount -l "$mount"
done
# shellcheck disable=SC2086 # names of our own
printf "%s\n" $node $sandboxes | sort -u | xargs -rn1 ip netns delete 2>/dev/null
rm -rf "$state"
