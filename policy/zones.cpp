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

}  // namespace policy
