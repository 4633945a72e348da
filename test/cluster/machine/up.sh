#!/bin/bash
# Brings up Kubernetes with one node inside a network namespace of its own, from what build.sh made
# and Debian's packages. Root. down.sh ends it.
#
#   up.sh                    everything; prints nothing but what goes wrong
#   up.sh restart kubelet    ends one program and starts it again
#
# The kubeconfig is $state/admin.kubeconfig, its context `machine`; reach the cluster from inside the
# namespace: nsenter --net=/run/netns/cl-node. Pods are in 10.85.0.0/24 and fd00:85::/64, services in
# 10.96.0.0/16 and fd00:96::/112. PodSecurity is `baseline` where a namespace says nothing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=test/cluster/machine/settings.sh
. "$here/settings.sh"
log=$state/log
export KUBECONFIG=$state/admin.kubeconfig

in_node() { nsenter --net=/run/netns/$node "$@"; }
kubectl() { in_node "$bin/kubectl" "$@"; }

# Starts a program in the node's network namespace. (`ip netns exec` would hide the cgroup mounts.)
start() { # NAME COMMAND...
  local name=$1
  shift
  setsid nsenter --net=/run/netns/$node "$@" >>"$log/$name.log" 2>&1 </dev/null 9>&- &
  echo $! >"$state/$name.pid"
}

within() { # SECONDS COMMAND...
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "up.sh: not in time: $*; the logs are in $log" >&2; exit 1; }
    sleep 0.5
  done
}

network() {
  ip netns add $node
  ip -n $node link set lo up
  # A veth pair holds the node's address, since kernels without dummy devices are about.
  ip -n $node link add node0 type veth peer name node0p
  ip -n $node link add pods0 type bridge
  ip -n $node address add $node_address/32 dev node0
  ip -n $node address add $node_address6/128 dev node0 nodad
  ip -n $node address add 10.85.0.1/24 dev pods0
  ip -n $node address add fd00:85::1/64 dev pods0 nodad
  for device in node0p node0 pods0; do ip -n $node link set $device up; done
  # Without a default route the kernel has no path to a service before nftables rewrites its address.
  ip -n $node route add default dev node0
  ip -n $node -6 route add default dev node0
  in_node sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  # So that policies see what goes from pod to pod.
  in_node sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
}

certificate() { # NAME SUBJECT [NAMES]
  openssl req -newkey rsa:2048 -nodes -subj "$2" -keyout "$1.key" -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -out "$1.crt" \
    -extfile <(printf '%s' "${3:+subjectAltName=$3}")
}

credentials() { # NAME SUBJECT
  certificate "$1" "$2"
  cat >"../$1.kubeconfig" <<Y
apiVersion: v1
kind: Config
clusters:
  - { name: machine, cluster: { server: "https://$node_address:6443", certificate-authority: $PWD/ca.crt } }
users:
  - { name: $1, user: { client-certificate: $PWD/$1.crt, client-key: $PWD/$1.key } }
contexts:
  - { name: machine, context: { cluster: machine, user: $1 } }
Y
  # Ours has no default context: the suite must name one.
  [ "$1" = admin ] || echo 'current-context: machine' >>"../$1.kubeconfig"
}

keys() {
  mkdir "$state/keys"
  cd "$state/keys"
  {
    openssl genrsa -out accounts.key 2048
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=machine -keyout ca.key -out ca.crt
    certificate apiserver /CN=kube-apiserver "IP:$node_address,IP:10.96.0.1,DNS:kubernetes.default.svc.cluster.local"
    credentials admin /O=system:masters/CN=admin
    credentials kubelet /O=system:nodes/CN=system:node:node1
    for name in kube-controller-manager kube-scheduler kube-proxy; do credentials $name "/CN=system:$name"; done
  } 2>/dev/null
}

api() {
  start etcd etcd --data-dir "$state/etcd" --unsafe-no-fsync --log-level=warn
  cat >"$state/admission.yaml" <<'Y'
apiVersion: apiserver.config.k8s.io/v1
kind: AdmissionConfiguration
plugins:
  - name: PodSecurity
    configuration:
      apiVersion: pod-security.admission.config.k8s.io/v1
      kind: PodSecurityConfiguration
      defaults: { enforce: baseline, warn: restricted, audit: restricted }
      exemptions: { namespaces: [kube-system] }
Y
  cd "$state/keys"
  start kube-apiserver "$bin/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 \
    --advertise-address=$node_address --service-cluster-ip-range=10.96.0.0/16,fd00:96::/112 \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged \
    --admission-control-config-file="$state/admission.yaml" --kubelet-preferred-address-types=InternalIP \
    --client-ca-file="$PWD/ca.crt" --tls-cert-file="$PWD/apiserver.crt" --tls-private-key-file="$PWD/apiserver.key" \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-key-file="$PWD/accounts.key" --service-account-signing-key-file="$PWD/accounts.key"
  within 60 kubectl --context machine get --raw /readyz
  start kube-controller-manager "$bin/kube-controller-manager" --kubeconfig="$state/kube-controller-manager.kubeconfig" \
    --service-account-private-key-file="$PWD/accounts.key" --root-ca-file="$PWD/ca.crt" \
    --use-service-account-credentials --cluster-cidr=10.85.0.0/24,fd00:85::/64 --leader-elect=false
  start kube-scheduler "$bin/kube-scheduler" --kubeconfig="$state/kube-scheduler.kubeconfig" --leader-elect=false
}

runtime() {
  mkdir "$state/cni"
  cat >"$state/cni/pods.conflist" <<J
{ "cniVersion": "1.0.0", "name": "pods", "plugins": [
  { "type": "bridge", "bridge": "pods0", "isGateway": true, "hairpinMode": true,
    "ipam": { "type": "host-local", "dataDir": "$state/ipam",
      "ranges": [[{ "subnet": "10.85.0.0/24", "gateway": "10.85.0.1" }], [{ "subnet": "fd00:85::/64", "gateway": "fd00:85::1" }]],
      "routes": [{ "dst": "0.0.0.0/0" }, { "dst": "::/0" }] } } ] }
J
  # Where the machine is a container without CAP_SYS_RESOURCE nothing may lower its oom_score_adj.
  cat >"$state/containerd.toml" <<T
version = 2
root = "$state/containerd"
state = "$state/containerd-run"
[grpc]
  address = "$state/containerd.sock"
[ttrpc]
  address = "$state/containerd.ttrpc"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/endpoint:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$state/cni"
T
  start containerd containerd --config "$state/containerd.toml"
  within 30 ctr -a "$state/containerd.sock" version
  "$here/image.sh" | ctr -a "$state/containerd.sock" -n k8s.io images import - >/dev/null
}

kubelet() {
  cat >"$state/kubelet.yaml" <<Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
failSwapOn: false
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
containerRuntimeEndpoint: unix://$state/containerd.sock
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
resolvConf: /dev/null
authentication: { anonymous: { enabled: true }, webhook: { enabled: false } }
authorization: { mode: AlwaysAllow }
evictionHard: { memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1% }
imageGCHighThresholdPercent: 100
Y
  start kubelet "$bin/kubelet" --config="$state/kubelet.yaml" --kubeconfig="$state/kubelet.kubeconfig" \
    --root-dir="$state/kubelet" --hostname-override=node1 --node-ip=$node_address,$node_address6
}

proxy() {
  cat >"$state/kube-proxy.yaml" <<Y
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
hostnameOverride: node1
clientConnection: { kubeconfig: $state/kube-proxy.kubeconfig }
clusterCIDR: 10.85.0.0/24,fd00:85::/64
conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s }
Y
  start kube-proxy "$bin/kube-proxy" --config="$state/kube-proxy.yaml"
}

# Enforces network policies, and does nothing else of what it can.
policies() {
  start kube-router "$bin/kube-router" --kubeconfig="$state/programs.kubeconfig" --hostname-override=node1 \
    --run-firewall --run-router=false --run-service-proxy=false --run-loadbalancer=false \
    --service-cluster-ip-range=10.96.0.0/16 --service-cluster-ip-range=fd00:96::/112 \
    --enable-ipv4 --enable-ipv6 --enable-cni=false --health-port=0
}

# Flux's two controllers, as processes: where they run makes no difference to what they apply.
flux() {
  kubectl --context machine create namespace flux-system >/dev/null
  kubectl --context machine apply --server-side -f "$base/flux" >/dev/null
  export KUBECONFIG=$state/programs.kubeconfig RUNTIME_NAMESPACE=flux-system
  start source-controller "$bin/source-controller" --storage-path="$state/source" --storage-addr=127.0.0.1:9790 \
    --storage-adv-addr=127.0.0.1:9790 --events-addr= --metrics-addr=127.0.0.1:9701 --health-addr=127.0.0.1:9702
  start kustomize-controller "$bin/kustomize-controller" --events-addr= --metrics-addr=127.0.0.1:9703 \
    --health-addr=127.0.0.1:9704 --requeue-dependency=5s
}

restart() { # NAME
  pid=$(cat "$state/$1.pid")
  kill "$pid"
  while runs "$pid"; do sleep 0.1; done
  "$1"
}

up() {
  mkdir -p "$state"
  [ ! -e "$state/log" ] || { echo "up.sh: it is up already, or was not taken down: down.sh" >&2; exit 1; }
  mkdir "$log"
  network
  keys
  api
  runtime
  kubelet
  proxy
  within 60 kubectl --context machine get node node1
  { echo 'current-context: machine' && cat "$state/admin.kubeconfig"; } >"$state/programs.kubeconfig"
  policies
  kubectl --context machine apply --server-side -f "$here/coredns.yaml" >/dev/null
  within 60 kubectl --context machine wait node/node1 --for=condition=Ready --timeout=1s
  within 60 kubectl --context machine -n kube-system rollout status deployment/coredns --timeout=1s
  mkdir "$state/source"
  flux
}

"${@:-up}"
