#include "daemon/accounts.h"

#include <algorithm>

#include "base/secret_access.h"
#include "daemon/base32.h"
#include "daemon/digest.h"
#include "daemon/totp.h"

namespace core {

using base::Code;
using base::fail;

namespace {

constexpr std::size_t kPhantomsMax = 4096;
constexpr std::uint8_t kEnrolmentUse = 3;

base::Task<base::Result<base::Secret<32>>> pepper(Core& core, std::uint8_t use, std::uint64_t owner,
                                                  base::ByteSpan bytes) {
  ipc::Pepper message;
  {
    const auto out = message.input.fill(base::secret_access(), 9 + bytes.size());
    out[0] = use;
    for (std::size_t i = 0; i < 8; ++i) out[1 + i] = static_cast<std::uint8_t>(owner >> (8 * i));
    std::copy(bytes.begin(), bytes.end(), out.begin() + 9);
  }
  CO_TRY(auto reply, co_await core.audit.call(std::move(message)));
  co_return std::move(reply.mac);
}

// Names that do not exist lock after as many tries as those that do.
Backoff& phantom(Core& core, const std::string& login) {
  if (core.phantoms.size() >= kPhantomsMax && !core.phantoms.contains(login)) {
    core.phantoms.erase(core.phantoms.begin());
  }
  return core.phantoms[login];
}

Backoff backoff_of(const registry::Account& account) {
  return {account.failures, account.locked_until};
}

// The outcome of one try, decided under `writes` from the account as it is now.
struct Judged {
  bool right = false;
  std::uint64_t step = 0;
};
Judged judge(Core& core, const registry::Account* account, bool password_right,
             const ipc::OneTimeCode& typed) {
  // The code is read and compared in every case.
  const auto code = parse_code(typed);
  const TotpSecret none =
      *TotpSecret::from(base::as_bytes(std::string_view("no account, no secret").substr(0, 20)));
  const bool usable = account != nullptr && account->totp_secret.size() == 20;
  const auto step = accept_code(usable ? account->totp_secret : none, code.value_or(0), core.wall(),
                                usable ? account->last_totp_step : 0);
  const bool active = usable && !account->disabled && !account->password_verifier.empty();
  return {password_right && active && code.has_value() && step.has_value(), step.value_or(0)};
}

}  // namespace

bool is_login(std::string_view text) {
  if (text.size() < 3 || text.size() > ipc::LoginName::kMax) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
           c == '@';
  });
}

std::string canonical_login(std::string_view typed) {
  while (!typed.empty() && typed.front() == ' ') typed.remove_prefix(1);
  while (!typed.empty() && typed.back() == ' ') typed.remove_suffix(1);
  std::string out(typed);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::uint64_t natural_person_key(std::string_view name) {
  const std::string folded = registry::search_key(name);
  std::uint64_t key = 0;
  const auto digest = sha256(base::as_bytes(folded));
  for (const std::uint8_t byte : digest.view().first(8)) key = (key << 8U) | byte;
  return key;
}

base::Task<base::Result<ipc::Digest>> enrolment_digest(Core& core, const base::Secret<32>& key) {
  CO_TRY(const auto bytes, from_base32(key));
  CO_TRY(const auto mac,
         co_await pepper(core, kEnrolmentUse, 0, bytes.read(base::secret_access())));
  co_return ipc::Digest::from(mac.read(base::secret_access()));
}

base::Task<base::Result<NewAccount>> new_account(Core& core, Invitation invitation) {
  NewAccount out;
  out.key = to_base32(core.random().secret<kKeyBytes>());
  out.account.id = {core.reg().new_id()};
  out.account.login = std::move(invitation.login);
  out.account.name = std::move(invitation.name);
  out.account.role = invitation.role;
  out.account.natural_person = natural_person_key(out.account.name.view());
  out.account.totp_secret = core.random().secret<20>();
  CO_TRY(out.account.enrolment_key, co_await enrolment_digest(core, out.key));
  out.account.made_at = core.wall();
  out.account.enrolment_expires_at = {core.wall().ms + kEnrolmentMs};
  out.account.invited_by = invitation.by;
  co_return out;
}

base::Task<base::Result<Verifier>> make_verifier(Core& core, VerifierUse use, std::uint64_t owner,
                                                 base::Secret<256> secret) {
  const Salt salt = core.random().bytes<16>();
  CO_TRY(const auto hash, co_await core.hashes.hash(std::move(secret), salt));
  CO_TRY(const auto mac, co_await pepper(core, static_cast<std::uint8_t>(use), owner,
                                         hash.read(base::secret_access())));
  std::vector<std::uint8_t> bytes(salt.view().begin(), salt.view().end());
  const auto view = mac.read(base::secret_access());
  bytes.insert(bytes.end(), view.begin(), view.end());
  co_return Verifier::adopt(std::move(bytes));
}

base::Task<base::Result<bool>> matches_verifier(Core& core, VerifierUse use, std::uint64_t owner,
                                                Verifier verifier, base::Secret<256> secret) {
  Salt salt = core.phantom_salt;
  base::Digest expected;
  const bool known = verifier.size() == Salt::kSize + base::Digest::kSize;
  if (known) {
    CO_TRY(salt, Salt::from(verifier.view().first(Salt::kSize)));
    CO_TRY(expected, base::Digest::from(verifier.view().subspan(Salt::kSize)));
  }
  CO_TRY(const auto hash, co_await core.hashes.hash(std::move(secret), salt));
  CO_TRY(const auto mac, co_await pepper(core, static_cast<std::uint8_t>(use), owner,
                                         hash.read(base::secret_access())));
  const bool same = base::equal_constant_time(mac.read(base::secret_access()), expected.view());
  co_return known&& same;
}

namespace {

// One more failure, durable, of a real account or of a name that is none.
base::Task<base::Result<>> count_failure(Context& context, base::CoreEvent event,
                                         base::AccountId id, const std::string& login,
                                         base::Error why) {
  Core& core = context.core;
  auto entry = context.entry(event);
  entry.actor.account = id;
  entry.error = why;
  registry::Change change;
  if (const auto* account = core.reg().account(id); account != nullptr) {
    auto after = registry::copy_of(*account);
    const Backoff next = after_failure(backoff_of(*account), core.wall());
    after.failures = static_cast<std::uint16_t>(std::min<std::uint32_t>(next.failures, UINT16_MAX));
    after.locked_until = next.locked_until;
    entry.login = account->login;
    CO_TRY(change, registry::update_account(core.reg(), std::move(after)));
  } else {
    // What was typed is not logged: people type passwords into the wrong field.
    auto& ghost = phantom(core, login);
    ghost = after_failure(ghost, core.wall());
  }
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return base::Result<>{};
}

base::Task<base::Result<>> record_success(Context& context, std::optional<base::CoreEvent> event,
                                          base::SessionId session, const registry::Account& account,
                                          std::uint64_t step) {
  Core& core = context.core;
  auto after = registry::copy_of(account);
  after.failures = 0;
  after.locked_until = {};
  after.last_totp_step = step;
  if (event) after.last_sign_in = core.wall();
  CO_TRY(auto change, registry::update_account(core.reg(), std::move(after)));
  if (!event) co_return core.commit_logged(std::move(change), {});
  auto entry = context.entry(*event);
  entry.actor.account = account.id;
  entry.actor.role = account.role;
  entry.actor.session = session;
  entry.login = account.login;
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return base::Result<>{};
}

bool locked_now(Core& core, const registry::Account* account, const std::string& login) {
  if (account != nullptr) return is_locked(backoff_of(*account), core.wall());
  const auto ghost = core.phantoms.find(login);
  return ghost != core.phantoms.end() && is_locked(ghost->second, core.wall());
}

const registry::Account* find_account(Core& core, const Factors& factors) {
  if (factors.account.valid()) return core.reg().account(factors.account);
  return core.reg().account_by_login(factors.login);
}

base::Task<void> log_locked(Context& context, base::CoreEvent event, base::AccountId id) {
  auto entry = context.entry(event);
  entry.actor.account = id;
  entry.error = base::Error{Code::kLocked, "account"};
  co_await context.core.note(std::move(entry));
}

}  // namespace

base::Task<base::Result<FactorsResult>> check_factors(Context& context, Factors factors,
                                                      std::optional<base::CoreEvent> succeeded,
                                                      base::CoreEvent failed) {
  Core& core = context.core;
  const auto* before = find_account(core, factors);
  const base::AccountId id = before == nullptr ? base::AccountId{} : before->id;
  if (locked_now(core, before, factors.login)) {
    co_await log_locked(context, failed, id);
    co_return fail(Code::kLocked, "account");
  }
  Verifier verifier = before == nullptr ? Verifier() : before->password_verifier;
  CO_TRY(const bool password_right,
         co_await matches_verifier(core, VerifierUse::kPassword, id.value, std::move(verifier),
                                   std::move(factors.password)));

  const auto held = co_await core.writes.lock();
  const auto* account = core.reg().account(id);
  if (locked_now(core, account, factors.login)) {
    // Tries that ran side by side count one by one.
    co_await log_locked(context, failed, id);
    co_return fail(Code::kLocked, "account");
  }
  const Judged judged = judge(core, account, password_right, factors.code);
  if (!judged.right) {
    const base::Error why{Code::kDenied, "credentials"};
    CO_CHECK(co_await count_failure(context, failed, id, factors.login, why));
    co_return std::unexpected(why);
  }
  const FactorsResult result{account->id, account->role};
  CO_CHECK(co_await record_success(context, succeeded, factors.session, *account, judged.step));
  co_return result;
}

}  // namespace core
