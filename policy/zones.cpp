#include "policy/zones.h"

namespace policy {

base::Zone zone_of(const base::IpAddress& address, std::span<const base::ZoneBlock> blocks) {
  const base::ZoneBlock* best = nullptr;
  for (const auto& candidate : blocks) {
    if (!candidate.block.contains(address)) continue;
    if (best == nullptr || candidate.block.specificity() > best->block.specificity()) {
      best = &candidate;
    }
  }
  return best == nullptr ? base::Zone::kNone : best->zone;
}

base::Result<> check_zones(std::span<const base::ZoneBlock> blocks, const base::IpAddress& keeper) {
  bool any = false;
  for (const auto& one : blocks) any = any || one.zone == base::Zone::kHandling;
  if (!any) return base::fail(base::Code::kMissing, "zones");
  if (zone_of(keeper, blocks) != base::Zone::kHandling) {
    return base::fail(base::Code::kDenied, "lock_out");
  }
  return {};
}

}  // namespace policy
