// Delegation (代理): while somebody who agrees on things is away, another person agrees in his
// place. It gives the absent account's role for agreeing alone (Rule::delegable), never for
// proposing, for using numbers or for delegating further; persons are counted as ever (approval.h).
// Pure.
#pragma once

#include "base/clock.h"
#include "policy/approval.h"

namespace policy {

inline constexpr std::int32_t kDelegationDaysMax = 92;

// Whether this role agrees on anything that could be done in its place.
bool is_delegable(base::Role role);

struct Absence {
  base::Day first;
  base::Day last;  // the whole of it still counts
};
bool is_away(const Absence& absence, base::Day today);

// Whether `deputy`, whose person has the accounts `deputys`, may stand in for `absent`: kInvalid
// "account" for a role that agrees on nothing or an account that is not in use, kInvalid "deputy"
// for one that is not or that is another company's, kDenied "self" for the same person, kDenied
// "separation" where one person may not hold both roles, kInvalid "first" and "last" for days that
// are over, in disorder or too many.
base::Result<> check_delegation(const Party& absent, const Party& deputy,
                                const std::vector<Party>& deputys, const Absence& absence,
                                base::Day today);

}  // namespace policy
