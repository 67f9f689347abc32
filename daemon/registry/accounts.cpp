#include "daemon/registry/accounts.h"

#include "base/secret_access.h"

namespace registry {

using base::Code;
using base::fail;
using base::Result;

Account copy_of(const Account& account) {
  Account out{.id = account.id,
              .login = account.login,
              .name = account.name,
              .role = account.role,
              .tenant = account.tenant,
              .natural_person = account.natural_person,
              .password_verifier = account.password_verifier,
              .totp_secret = {},
              .last_totp_step = account.last_totp_step,
              .enrolment_key = account.enrolment_key,
              .enrolment_expires_at = account.enrolment_expires_at,
              .failures = account.failures,
              .locked_until = account.locked_until,
              .disabled = account.disabled,
              .last_sign_in = account.last_sign_in,
              .invited_by = account.invited_by,
              .made_at = account.made_at};
  auto secret = ipc::Secret<20>::from(account.totp_secret.read(base::secret_access()));
  ASSERT(secret.has_value());
  out.totp_secret = *std::move(secret);
  return out;
}

Result<Change> create_account(const Registry& registry, Account account) {
  if (!account.id.valid() || account.login.empty()) return fail(Code::kInvalid, "login");
  if (registry.account(account.id) != nullptr) return fail(Code::kConflict, "account");
  if (registry.account_by_login(account.login.view()) != nullptr) {
    return fail(Code::kDuplicate, "login");
  }
  if (account.tenant != kFirm && registry.company(account.tenant) == nullptr) {
    return fail(Code::kNotFound, "company");
  }
  Change change;
  change.put(std::move(account));
  return change;
}

Result<Change> update_account(const Registry& registry, Account account) {
  const Account* old = registry.account(account.id);
  if (old == nullptr) return fail(Code::kNotFound, "account");
  if (old->login != account.login) return fail(Code::kInvalid, "login");
  if (old->tenant != account.tenant) return fail(Code::kInvalid, "company");
  Change change;
  change.put(std::move(account));
  return change;
}

Result<Change> save_keyring(const Registry& registry, Keyring keyring) {
  if (registry.account(keyring.account) == nullptr) return fail(Code::kNotFound, "account");
  Change change;
  change.put(std::move(keyring));
  return change;
}

Result<> check_company_name(const Registry& registry, std::string_view name) {
  const std::string key = search_key(name);
  if (key.empty()) return fail(Code::kMissing, "company_name");
  if (registry.companies().size() >= ipc::kCompaniesMax) return fail(Code::kTooMany, "company");
  const Settings* settings = registry.settings();
  if (settings != nullptr && search_key(settings->firm.view()) == key) {
    return fail(Code::kDuplicate, "company_name");
  }
  for (const auto& [id, known] : registry.companies()) {
    if (search_key(known.name.view()) == key) return fail(Code::kDuplicate, "company_name");
  }
  return {};
}

Result<Change> add_company(const Registry& registry, Company company) {
  if (!company.id.valid() || company.id == kFirm) return fail(Code::kInvalid, "company");
  if (registry.company(company.id) != nullptr) return fail(Code::kConflict, "company");
  TRY(check_company_name(registry, company.name.view()));
  Change change;
  change.put(std::move(company));
  return change;
}

Change save_company(Company company) {
  Change change;
  change.put(std::move(company));
  return change;
}

Change save_settings(Settings settings) {
  Change change;
  change.put(std::move(settings));
  return change;
}

}  // namespace registry
