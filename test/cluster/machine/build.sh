#!/bin/bash
# Builds what no Debian package brings, once, into the user's cache: Kubernetes, CoreDNS, Flux's two
# controllers and kube-router from their Go modules, the Prometheus exporter from its crate. What is
# there already, of the version asked for, is left alone. Two idle cores take about ten minutes.
set -euo pipefail
machine=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=test/cluster/machine/settings.sh
. "$machine/settings.sh"
mkdir -p "$bin"
export GOFLAGS=-mod=mod CGO_ENABLED=0

# Each build in a module of its own, $base/build/NAME.
module() { # NAME
  mkdir -p "$base/build/$1"
  cd "$base/build/$1"
  printf 'module %s\n' "$1" >go.mod
}

# Folder of a module's source in Go's cache. Not asked in a module: Go would write its version there.
source_of() { # MODULE@VERSION
  (cd / && go mod download -json "$1") | awk -F'"' '$2 == "Dir" { print $4 }'
}

# What a go.mod says about versions: those of a dependency do not count for whoever depends on it.
requirements() { # GO.MOD
  awk '$1 == "go" { print }
    /^require \(/ { inside = 1; next } /^\)/ { inside = 0 }
    inside && $1 ~ /\./ { print "require " $1 " " $2 }' "$1"
}

# Whether a program of a version is not there yet.
missing() { # VERSION NAME...
  local version=$1 name
  shift
  for name; do
    [ -x "$bin/$name" ] && [ "$(cat "$bin/$name.version" 2>/dev/null)" = "$version" ] || return 0
  done
  return 1
}

compile() { # VERSION NAME PACKAGE [LDFLAGS]
  missing "$1" "$2" || return 0
  echo "building $2 $1"
  go build -trimpath -ldflags "-s -w ${4:-}" -o "$bin/$2.new" "$3"
  installed "$1" "$2"
}

installed() { # VERSION NAME
  mv "$bin/$2.new" "$bin/$2"
  printf '%s\n' "$1" >"$bin/$2.version"
}

programs=(kube-apiserver kubelet kube-controller-manager kube-scheduler kube-proxy kubectl)
if missing "$kubernetes" "${programs[@]}"; then
  module kubernetes
  source=$(source_of "k8s.io/kubernetes@v$kubernetes")
  # Its go.mod takes the staging modules from its own folders: their releases stand in for them.
  staging=$(grep -oE 'k8s\.io/[a-z0-9-]+ +=> +\./staging' "$source/go.mod" | cut -d' ' -f1)
  {
    requirements "$source/go.mod" | grep -vwF "$staging"
    echo "require k8s.io/kubernetes v$kubernetes"
    for name in $staging; do echo "replace $name => $name v0.${kubernetes#1.}"; done
  } >>go.mod
  {
    printf '//go:build tools\n\npackage tools\n\n'
    printf 'import _ "k8s.io/kubernetes/cmd/%s"\n' "${programs[@]}"
  } >tools.go
  go mod tidy -e
  version=k8s.io/component-base/version
  minor=${kubernetes#1.}
  for name in "${programs[@]}"; do
    compile "$kubernetes" "$name" "k8s.io/kubernetes/cmd/$name" \
      "-X $version.gitVersion=v$kubernetes -X $version.gitMajor=1 -X $version.gitMinor=${minor%.*}"
  done
fi

if missing "$coredns" coredns; then
  module coredns
  {
    printf 'go 1.26\nrequire github.com/coredns/coredns %s\n' "$coredns"
    for name in api apimachinery client-go; do
      echo "replace k8s.io/$name => k8s.io/$name v0.${kubernetes#1.}"
    done
  } >>go.mod
  # All plugins would bring the SDKs of three clouds.
  cat >main.go <<'GO'
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"
)

func main() {
	dnsserver.Directives = []string{"ready", "errors", "cache", "kubernetes"}
	coremain.Run()
}
GO
  compile "$coredns" coredns .
fi

for name in kustomize-controller source-controller; do
  missing "$flux" "$name" || continue
  module "$name"
  source=$(source_of "github.com/fluxcd/$name@$flux")
  mkdir -p "$base/flux"
  cp "$source"/config/crd/bases/*.yaml "$base/flux/"
  {
    requirements "$source/go.mod" | grep -v "fluxcd/$name/api"
    printf 'require github.com/fluxcd/%s %s\n' "$name" "$flux" "$name/api" "$flux"
    awk '/^replace \(/ { inside = 1; next } /^\)/ { inside = 0 }
      inside || /^replace [^(]/ { sub(/^replace /, ""); if (/=> [^.]/) print "replace " $0 }' "$source/go.mod"
    # The module proxy refuses the archive of the version it asks for, v0.18.3.
    [ "$name" = kustomize-controller ] ||
      echo 'replace github.com/fluxcd/pkg/artifact => github.com/fluxcd/pkg/artifact v0.18.1'
  } >>go.mod
  printf '//go:build tools\n\npackage tools\n\nimport _ "github.com/fluxcd/%s"\n' "$name" >tools.go
  compile "$flux" "$name" "github.com/fluxcd/$name"
done

patch=$machine/kube-router.patch
patched="$kube_router with $(sha256sum <"$patch" | cut -c1-16)"
if missing "$patched" kube-router; then
  rm -rf "$base/build/kube-router"
  cp -r "$(source_of "github.com/cloudnativelabs/kube-router/v2@$kube_router")" "$base/build/kube-router"
  cd "$base/build/kube-router"
  chmod -R u+w .
  # In a repository git would pass over files that are not its own, without a word.
  GIT_CEILING_DIRECTORIES=$base/build git apply "$patch"
  compile "$patched" kube-router ./cmd/kube-router
fi

if missing "$exporter" prometheus_wireguard_exporter; then
  echo "building prometheus_wireguard_exporter $exporter"
  cargo install --quiet --locked --root "$base/build/exporter" "prometheus_wireguard_exporter@$exporter"
  cp "$base/build/exporter/bin/prometheus_wireguard_exporter" "$bin/prometheus_wireguard_exporter.new"
  installed "$exporter" prometheus_wireguard_exporter
fi
