#!/bin/sh
# Walks the first hour in a scratch clone of the last commit, with a cluster of another name, and runs the
# steps of the shipped CI on the result: they must pass. Takes as long as the unit tests, which it runs.
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
clone=$(mktemp -d)
trap 'rm -rf "$clone"' EXIT
trap 'exit 1' HUP INT TERM

git clone --quiet "$root" "$clone"
cp -al "$root/node_modules" "$clone/node_modules"
cd "$clone"
git config user.name walker
git config user.email walker@example.org

commit() {
  git add --all
  git commit --quiet --message "$1"
}

# The commands of the workflow, without the installation: packages are linked.
ci() {
  [ -z "$(git status --porcelain)" ]
  npm run --silent check
  npm run --silent lint
  npm test --silent
  npm run --silent synth
  git add --intent-to-add dist
  git diff --exit-code dist
}

git mv inventory/myth.yaml inventory/geralt.yaml
npm run --silent keygen -- geralt
npm run --silent update
[ -e dist/geralt/wireguard.k8s.yaml ] && [ ! -e dist/myth ]
commit 'a cluster of our own'
ci

echo 'the first hour ends with a green CI'
