// The companies of the group (法人) as core's acts need them. The firm that runs the box is one
// of them; what people read of it lies in Settings, of the others in their own record.
#pragma once

#include "daemon/accounts.h"
#include "daemon/context.h"

namespace core {

// What people of a company's portal are shown, and what they must know.
struct CompanyWords {
  ipc::Name name;
  ipc::Text<200> phrase;
  Verifier passcode;  // empty: none is set
};
// Empty before set-up, and for a company that is not there.
CompanyWords words_of(Core& core, base::TenantId company);
// As the owner of its passcode's verifier (accounts.h).
std::uint64_t passcode_owner(base::TenantId company);

// The account's; the firm for one that is not there.
base::TenantId company_of(Core& core, base::AccountId account);

// Whether its own people can agree on its rights: until then the firm may invite those who will.
bool is_on_its_own(Core& core, base::TenantId company);

}  // namespace core
