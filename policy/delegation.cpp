#include "policy/delegation.h"

namespace policy {

using base::Code;
using base::fail;

bool is_delegable(base::Role role) {
  return role == base::Role::kResponsible || role == base::Role::kRightsManager ||
         role == base::Role::kSecurityOfficer;
}

bool is_away(const Absence& absence, base::Day today) {
  return absence.first <= today && today <= absence.last;
}

base::Result<> check_delegation(const Party& absent, const Party& deputy,
                                const std::vector<Party>& deputys, const Absence& absence,
                                base::Day today) {
  if (!absent.active || !is_delegable(absent.role)) return fail(Code::kInvalid, "account");
  if (!deputy.active || deputy.company != absent.company) return fail(Code::kInvalid, "deputy");
  if (absent.person == deputy.person) return fail(Code::kDenied, "self");
  TRY(check_separation(absent.role, deputys));
  if (absence.last < today || absence.last < absence.first) return fail(Code::kInvalid, "last");
  if (absence.last.days - absence.first.days >= kDelegationDaysMax) {
    return fail(Code::kInvalid, "last");
  }
  // A plan for a time that nobody can see yet is made then.
  if (absence.first.days - today.days > kDelegationDaysMax) return fail(Code::kInvalid, "first");
  return {};
}

}  // namespace policy
