#include "policy/zones.h"

#include "policy/access.h"

namespace policy {

namespace {

constexpr std::uint32_t bit(unsigned value) { return std::uint32_t{1} << value; }

bool are_account_roles(std::uint32_t roles) {
  for (unsigned i = 0; i < 32; ++i) {
    if ((roles & bit(i)) == 0) continue;
    const bool known = i <= static_cast<unsigned>(base::Role::kLast);
    if (!known || !is_account_role(static_cast<base::Role>(i))) return false;
  }
  return true;
}

}  // namespace

Place place_of(const base::IpAddress& address, base::Listener listener,
               std::span<const base::ZoneBlock> blocks) {
  const base::ZoneBlock* best = nullptr;
  for (const auto& candidate : blocks) {
    const bool of_systems = candidate.zone == base::Zone::kApi;
    if (of_systems != (listener == base::Listener::kApi)) continue;
    if (!candidate.block.contains(address)) continue;
    if (best == nullptr || candidate.block.specificity() > best->block.specificity()) {
      best = &candidate;
    }
  }
  return best == nullptr ? Place{} : Place{best->zone, best->roles, best->certificate};
}

base::Zone zone_for(const Place& place, base::Role role) {
  if (place.roles == 0 || !is_account_role(role)) return place.zone;
  return (place.roles & bit(static_cast<unsigned>(role))) != 0 ? place.zone : base::Zone::kNone;
}

base::Result<> check_zones(std::span<const base::ZoneBlock> blocks, const Keeper& keeper) {
  bool any = false;
  for (const auto& one : blocks) {
    any = any || one.zone == base::Zone::kHandling;
    const bool says_more = one.roles != 0 || one.certificate;
    if ((says_more && one.zone != base::Zone::kHandling) || !are_account_roles(one.roles)) {
      return base::fail(base::Code::kInvalid, "zones");
    }
  }
  if (!any) return base::fail(base::Code::kMissing, "zones");
  const Place place = place_of(keeper.address, base::Listener::kPages, blocks);
  const bool shown = keeper.certificate || !place.certificate;
  if (zone_for(place, keeper.role) != base::Zone::kHandling || !shown) {
    return base::fail(base::Code::kDenied, "lock_out");
  }
  return {};
}

}  // namespace policy
