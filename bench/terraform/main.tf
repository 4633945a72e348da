# The article's rendering and nothing else. A built-in resource stands in for its config map, so that
# no provider is needed and no cluster. `bench/synth.ts` copies this folder beside an inventory.
locals {
  inventory = yamldecode(file("inventory.yaml"))
  wireguard = merge(local.inventory, {
    private-key = "not-a-key"
    services    = { for i, svc in local.inventory.services : cidrhost(local.inventory.network, i) => svc }
  })
  files = {
    "init.sh"   = templatefile("init.sh.tftpl", { w = local.wireguard })
    "nginx.cfg" = templatefile("nginx.cfg.tftpl", { w = local.wireguard })
    "wg0.cfg"   = templatefile("wg0.cfg.tftpl", { w = local.wireguard })
  }
}

resource "terraform_data" "config_map" {
  input = local.files
}
