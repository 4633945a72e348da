# The article's rendering and nothing else: no provider, no state. `bench/synth.ts` copies it beside
# an inventory and asks `terraform console` for the checksum of the three files.
locals {
  inventory = yamldecode(file("inventory.yaml"))
  wireguard = merge(local.inventory, {
    private-key = "not-a-key"
    services    = { for i, svc in local.inventory.services : cidrhost(local.inventory.network, i) => svc }
  })
  checksum = sha1(jsonencode({
    "init.sh"   = templatefile("init.sh.tftpl", { w = local.wireguard })
    "nginx.cfg" = templatefile("nginx.cfg.tftpl", { w = local.wireguard })
    "wg0.cfg"   = templatefile("wg0.cfg.tftpl", { w = local.wireguard })
  }))
}
