// Changes to accounts and settings. What a verifier or a digest is, core decides; the register
// keeps logins, enrolment keys and ids unique.
#pragma once

#include "daemon/registry/registry.h"

namespace registry {

// A copy to change and put back: accounts hold a secret, so that a plain copy does not exist.
Account copy_of(const Account& account);

// kDuplicate "login"; kNotFound "company"; kConflict when the id exists.
base::Result<Change> create_account(const Registry& registry, Account account);
// Replaces all but id, login and company; kNotFound, kInvalid "login" or "company".
base::Result<Change> update_account(const Registry& registry, Account account);
// Replaces it, or is the first one; kNotFound "account".
base::Result<Change> save_keyring(const Registry& registry, Keyring keyring);
// Whether a company of this name can be added: kMissing and kDuplicate "company_name",
// kTooMany "company".
base::Result<> check_company_name(const Registry& registry, std::string_view name);
// The errors of check_company_name(); kConflict when the id exists.
base::Result<Change> add_company(const Registry& registry, Company company);
// Replaces it.
Change save_company(Company company);
Change save_settings(Settings settings);

}  // namespace registry
