# shellcheck shell=bash disable=SC2034 # read by the scripts that source this
# Versions and places of the cluster that build.sh, image.sh, up.sh and down.sh make on one machine.

kubernetes=1.36.3 # renovate: github-releases kubernetes/kubernetes
coredns=v1.14.7 # renovate: github-releases coredns/coredns
# Of source-controller and kustomize-controller.
flux=v1.9.6 # renovate: github-releases fluxcd/kustomize-controller
kube_router=v2.1.0 # renovate: github-releases cloudnativelabs/kube-router
exporter=3.6.6 # renovate: crate prometheus_wireguard_exporter

base=${XDG_CACHE_HOME:-$HOME/.cache}/wireguard-endpoint/cluster
bin=$base/bin     # what build.sh builds, once
state=$base/state # what up.sh makes and down.sh removes
node=cl-node      # the node's network namespace
node_address=10.99.0.1
node_address6=fd00:99::1

# Whether a process runs: where nobody waits for them, ended ones stay as zombies.
runs() { grep -qs '^State:[[:space:]]*[^Z]' "/proc/$1/status"; }
