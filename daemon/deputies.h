// Who stands in for whom now (policy/delegation.h), from the register as it is: a delegation is for
// the days that it names, while the absent account is in use and the deputy's person may still hold
// its role.
#pragma once

#include "daemon/registry/registry.h"
#include "policy/delegation.h"

namespace core {

bool is_in_force(const registry::Delegation& delegation, const policy::Moment& now);

// Bit i: the account stands in for a base::Role i now.
std::uint32_t deputy_for(const registry::Registry& registry, base::AccountId account,
                         const policy::Moment& now);

// Days after the last one by the box's running time, wherever the clock is set.
registry::Delegation delegation_from_now(base::AccountId account, const ipc::Delegation& terms,
                                         const policy::Moment& now);

}  // namespace core
