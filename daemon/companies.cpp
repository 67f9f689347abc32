#include "daemon/companies.h"

#include "daemon/proposals.h"

namespace core {

CompanyWords words_of(Core& core, base::TenantId company) {
  if (company == base::kFirm) {
    const auto* settings = core.reg().settings();
    if (settings == nullptr) return {};
    return {settings->firm, settings->phrase, settings->passcode_verifier};
  }
  const auto* found = core.reg().company(company);
  if (found == nullptr) return {};
  return {found->name, found->phrase, found->passcode_verifier};
}

std::uint64_t passcode_owner(base::TenantId company) {
  return company == base::kFirm ? 0 : company.value;
}

base::TenantId company_of(Core& core, base::AccountId account) {
  const auto* found = core.reg().account(account);
  return found == nullptr ? base::kFirm : found->tenant;
}

bool is_on_its_own(Core& core, base::TenantId company) {
  return policy::enough_guards(parties_of(core.reg(), company));
}

}  // namespace core
