#!/bin/bash
# Packs the project, installs it into an app made from the cdk8s CLI's own TypeScript template, and
# synthesizes there in each of the ways people run TypeScript. Takes the npm registry and a minute.
#
#   test/package/template.sh [PACKAGE]   PACKAGE is what `npm install` takes: git+<url>, or left out
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
app=$(mktemp -d)
trap 'rm -rf "$app"' EXIT

package=${1:-$app/$(cd "$root" && npm pack --silent --pack-destination "$app")}

template=$root/node_modules/cdk8s-cli/templates/typescript-app
version() { node -p "require('$root/node_modules/$1/package.json').version"; }
# shellcheck disable=SC2016 # the template's own placeholders
sed -e 's/{{ $base }}/app/' \
  -e "s/{{ cdk8s_core_version }}/$(version cdk8s)/" \
  -e "s/{{ constructs_version }}/$(version constructs)/" \
  -e "s/{{ cdk8s_cli_spec }}/$(version cdk8s-cli)/" \
  -e 's/"cdk8s-plus-33": .*/"cdk8s-plus-28": "^2.5.6",/' "$template/package.json" >"$app/package.json"
cp "$template/tsconfig.json" "$app"
cat >"$app/main.ts" <<'TS'
import { App, Chart } from 'cdk8s';
import { WireguardEndpoint, type InventoryInput } from 'wireguard-endpoint';

const inventory: InventoryInput = {
  network: '10.1.3.16/28',
  peers: {
    '10.1.2.4': { name: 'hero', pubkey: 'IkeZeGnMasPnYmyR+xBUUfV9WrxphFwRJYbi2JhPjX0=' },
  },
  services: {
    1: [{ name: 'db', dest: 'db.db.svc.cluster.local:5432', port: 5432 }],
  },
};
const app = new App();
const { service } = new WireguardEndpoint(new Chart(app, 'vpn'), 'endpoint', { inventory });
service.metadata.addLabel('team', 'db');
process.stdout.write(app.synthYaml());
TS

cd "$app"
npm install --no-audit --no-fund --silent
npm install --no-audit --no-fund --silent "$package" tsx
npx ts-node main.ts >ts-node.yaml
npx tsx main.ts >tsx.yaml
npx tsc
node main.js >node.yaml
grep -q '^kind: StatefulSet$' ts-node.yaml
grep -q 'team: db' ts-node.yaml
grep -q 'confine\|wg0' ts-node.yaml # the pod's own files came along
cmp ts-node.yaml tsx.yaml
cmp ts-node.yaml node.yaml
echo "ts-node, tsx and tsc with node: $(grep -c '^kind:' node.yaml) manifests each, the same bytes"
