#include "daemon/deputies.h"

#include <algorithm>

#include "daemon/proposals.h"

namespace core {

bool is_in_force(const registry::Delegation& delegation, const policy::Moment& now) {
  const policy::Absence absence{delegation.terms.first, delegation.terms.last};
  return delegation.ended_at.ms == 0 && now.run_ms < delegation.over_run_ms &&
         policy::is_away(absence, base::day_in_japan(now.wall));
}

std::uint32_t deputy_for(const registry::Registry& registry, base::AccountId account,
                         const policy::Moment& now) {
  std::uint32_t out = 0;
  for (const auto& [absent_id, delegation] : registry.delegations()) {
    if (delegation.terms.deputy != account || !is_in_force(delegation, now)) continue;
    const auto* absent = registry.account(absent_id);
    const auto* deputy = registry.account(account);
    if (absent == nullptr || deputy == nullptr || absent->disabled) continue;
    if (absent->tenant != deputy->tenant) continue;
    if (!policy::is_delegable(absent->role)) continue;
    const auto all = accounts_of(registry, deputy->natural_person, {});
    if (!policy::check_separation(absent->role, all)) continue;
    out |= std::uint32_t{1} << static_cast<unsigned>(absent->role);
  }
  return out;
}

registry::Delegation delegation_from_now(base::AccountId account, const ipc::Delegation& terms,
                                         const policy::Moment& now) {
  constexpr std::uint64_t kDayMs = 86'400'000;
  const std::int32_t days = terms.last.days - base::day_in_japan(now.wall).days + 1;
  const auto left = static_cast<std::uint64_t>(std::max(days, 0)) * kDayMs;
  return {account, terms, now.wall, {}, now.run_ms + left};
}

}  // namespace core
