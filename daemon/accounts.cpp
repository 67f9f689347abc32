#include "daemon/accounts.h"

#include <algorithm>

#include "base/secret_access.h"
#include "daemon/base32.h"
#include "daemon/digest.h"
#include "daemon/mail.h"
#include "daemon/totp.h"
#include "policy/zones.h"

namespace core {

using base::Code;
using base::fail;

namespace {

constexpr std::uint8_t kEnrolmentUse = 3;
constexpr std::uint8_t kRecoveryUse = 4;
constexpr std::string_view kRecoveryAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

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

// The outcome of one try, decided under `writes` from the account as it is now.
struct Judged {
  bool right = false;
  std::uint64_t step = 0;
  base::Assurance assurance = base::Assurance::kNone;
};
struct Tried {
  bool password_right = false;
  const ipc::OneTimeCode& code;
  std::optional<ipc::Digest> recovery;  // when what was typed has that form
  bool password_only = false;
};
Judged judge(Core& core, const registry::Account* account, const Tried& tried) {
  // The code is read and compared in every case.
  const auto code = parse_code(tried.code);
  const TotpSecret none =
      *TotpSecret::from(base::as_bytes(std::string_view("no account, no secret").substr(0, 20)));
  const bool usable = account != nullptr && account->totp_secret.size() == 20;
  const auto step = accept_code(usable ? account->totp_secret : none, code.value_or(0), core.wall(),
                                usable ? account->last_totp_step : 0);
  const bool active = usable && !account->disabled && !account->password_verifier.empty();
  bool recovers = false;
  if (usable && tried.recovery) {
    for (const auto& one : core.reg().keyring(account->id).recovery_codes) {
      recovers |= base::equal_constant_time(one.view(), tried.recovery->view());
    }
  }
  Judged out;
  if (!tried.password_right || !active) return out;
  if (code.has_value() && step.has_value()) {
    return {true, *step, base::Assurance::kCode};
  }
  if (recovers) return {true, account->last_totp_step, base::Assurance::kRecovery};
  if (tried.password_only) return {true, account->last_totp_step, base::Assurance::kNone};
  // Last, and with the right password only: nobody else uses up its tries.
  const auto mailed = core.mail_codes.find(account->id);
  if (mailed == core.mail_codes.end() || !mailed->second.open(core.mono())) return out;
  if (mailed->second.take(tried.code)) {
    return {true, account->last_totp_step, base::Assurance::kMail};
  }
  return out;
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

std::uint64_t natural_person_key(base::TenantId company, std::string_view name) {
  std::string folded = registry::search_key(name);
  if (company != base::kFirm) folded += "\x01" + base::to_text(company);
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

base::Secret<16> new_recovery_code(Core& core) {
  const auto random = core.random().secret<ipc::kRecoveryCodeChars>();
  const auto bytes = random.read(base::secret_access());
  base::Secret<16> out;
  const auto text = out.fill(base::secret_access(), ipc::kRecoveryCodeChars);
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] = static_cast<std::uint8_t>(kRecoveryAlphabet[bytes[i] & 31U]);
  }
  return out;
}

std::optional<base::Secret<16>> recovery_code_of(const ipc::OneTimeCode& typed) {
  base::Secret<16> out;
  const auto text = out.fill(base::secret_access(), ipc::kRecoveryCodeChars);
  std::size_t size = 0;
  for (std::uint8_t c : typed.read(base::secret_access())) {
    if (c == ' ' || c == '-') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<std::uint8_t>(c - 'a' + 'A');
    const bool fits = kRecoveryAlphabet.find(static_cast<char>(c)) != std::string_view::npos;
    if (!fits || size == text.size()) return std::nullopt;
    text[size++] = c;
  }
  if (size != text.size()) return std::nullopt;
  return out;
}

base::Task<base::Result<ipc::Digest>> recovery_digest(Core& core, base::AccountId owner,
                                                      const base::Secret<16>& code) {
  CO_TRY(const auto mac,
         co_await pepper(core, kRecoveryUse, owner.value, code.read(base::secret_access())));
  co_return ipc::Digest::from(mac.read(base::secret_access()));
}

registry::Keyring keyring_of(Core& core, base::AccountId account) {
  registry::Keyring out = core.reg().keyring(account);
  out.account = account;
  return out;
}

bool is_admitted(const Context& context, const registry::Account& account) {
  const policy::Place place{context.peer->zone, context.peer->roles};
  return policy::zone_for(place, account.role) != base::Zone::kNone;
}

base::Task<base::Result<NewAccount>> new_account(Core& core, Invitation invitation) {
  NewAccount out;
  out.key = to_base32(core.random().secret<kKeyBytes>());
  out.account.id = {core.reg().new_id()};
  out.account.login = std::move(invitation.login);
  out.account.name = std::move(invitation.name);
  out.account.role = invitation.role;
  out.account.tenant = invitation.company;
  out.account.natural_person = natural_person_key(invitation.company, out.account.name.view());
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
  // Whoever sets a secret has shown a session or a key.
  CO_TRY(const auto hash, co_await core.hashes.hash(std::move(secret), salt, HashFor::kKnown));
  CO_TRY(const auto mac, co_await pepper(core, static_cast<std::uint8_t>(use), owner,
                                         hash.read(base::secret_access())));
  std::vector<std::uint8_t> bytes(salt.view().begin(), salt.view().end());
  const auto view = mac.read(base::secret_access());
  bytes.insert(bytes.end(), view.begin(), view.end());
  co_return Verifier::adopt(std::move(bytes));
}

base::Task<base::Result<bool>> matches_verifier(Core& core, VerifierUse use, std::uint64_t owner,
                                                Verifier verifier, base::Secret<256> secret,
                                                HashFor asker) {
  Salt salt = core.phantom_salt;
  base::Digest expected;
  const bool known = verifier.size() == Salt::kSize + base::Digest::kSize;
  if (known) {
    CO_TRY(salt, Salt::from(verifier.view().first(Salt::kSize)));
    CO_TRY(expected, base::Digest::from(verifier.view().subspan(Salt::kSize)));
  }
  CO_TRY(const auto hash, co_await core.hashes.hash(std::move(secret), salt, asker));
  CO_TRY(const auto mac, co_await pepper(core, static_cast<std::uint8_t>(use), owner,
                                         hash.read(base::secret_access())));
  const bool same = base::equal_constant_time(mac.read(base::secret_access()), expected.view());
  co_return known&& same;
}

namespace {

// A browser that the account was used with, as the throttle knows it.
std::optional<base::Digest> known_device(const Context& context, const registry::Account* account,
                                         const Factors& factors) {
  if (account == nullptr || !factors.device) return {};
  for (const auto& known : context.core.reg().keyring(account->id).devices) {
    if (known.token == *factors.device) return known.token;
  }
  return {};
}

// What this try counts against: by name, so that one that is no account's makes the same work.
Throttle::Keys keys_of(const Context& context, const registry::Account* account,
                       const Factors& factors) {
  if (factors.account.valid()) {
    return Throttle::of_step_up(account == nullptr ? "" : account->login.view());
  }
  return Throttle::of_sign_in({factors.login, context.peer->address, context.peer->zone,
                               known_device(context, account, factors)});
}

// Who sits at the console, in a session or at a known browser waits behind no stranger.
HashFor asker_of(const Context& context, const registry::Account* account, const Factors& factors) {
  const bool known = factors.account.valid() || context.peer->zone == base::Zone::kControl ||
                     known_device(context, account, factors).has_value();
  return known ? HashFor::kKnown : HashFor::kStranger;
}

// What the log is told of a failure.
ipc::Append entry_of_failure(Context& context, base::CoreEvent event,
                             const registry::Account* account, base::Error why) {
  auto entry = context.entry(event);
  entry.error = why;
  if (account != nullptr) {
    entry.actor.account = account->id;
    // What was typed as a name that is none is not logged: people type passwords there.
    entry.login = account->login;
  }
  return entry;
}

// A recovery code is good once: gone, and said so, before the sign-in is.
base::Task<base::Result<>> use_up(Context& context, base::AccountId account,
                                  const ipc::Digest& code) {
  Core& core = context.core;
  auto keyring = keyring_of(core, account);
  auto codes = std::move(keyring.recovery_codes).release();
  std::erase(codes, code);
  auto entry = context.entry(base::CoreEvent::kRecoveryCodeUsed);
  entry.actor.account = account;
  entry.count = codes.size();
  CO_TRY(keyring.recovery_codes,
         (base::List<ipc::Digest, ipc::kRecoveryCodes>::from(std::move(codes))));
  CO_TRY(auto change, registry::save_keyring(core.reg(), std::move(keyring)));
  change.append(mail_factors_changed(core, account, "回復コードの使用 / a recovery code was used"));
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return base::Result<>{};
}

base::Task<base::Result<>> record_success(Context& context, std::optional<base::CoreEvent> event,
                                          base::SessionId session, const registry::Account& account,
                                          std::uint64_t step, const Throttle::Keys& keys) {
  Core& core = context.core;
  auto after = registry::copy_of(account);
  after.last_totp_step = step;
  if (event) after.last_sign_in = core.wall();
  CO_TRY(auto change, registry::update_account(core.reg(), std::move(after)));
  change.append(core.throttle.succeeded(core.reg(), keys, core.mono()));
  if (!event) co_return core.commit_logged(std::move(change), {});
  auto entry = context.entry(*event);
  entry.actor.account = account.id;
  entry.actor.role = account.role;
  entry.actor.session = session;
  entry.login = account.login;
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return base::Result<>{};
}

const registry::Account* find_account(Core& core, const Factors& factors) {
  if (factors.account.valid()) return core.reg().account(factors.account);
  return core.reg().account_by_login(factors.login);
}

base::Task<void> log_locked(Context& context, base::CoreEvent event, base::AccountId id,
                            base::Error why) {
  auto entry = context.entry(event);
  entry.actor.account = id;
  entry.error = why;
  co_await context.core.note(std::move(entry));
}

}  // namespace

base::Task<base::Result<FactorsResult>> check_factors(Context& context, Factors factors,
                                                      std::optional<base::CoreEvent> succeeded,
                                                      base::CoreEvent failed) {
  Core& core = context.core;
  const auto* before = find_account(core, factors);
  const base::AccountId id = before == nullptr ? base::AccountId{} : before->id;
  const auto keys = keys_of(context, before, factors);
  if (const auto free = core.throttle.check(core.reg(), keys, core.mono()); !free) {
    co_await log_locked(context, failed, id, free.error());
    co_return std::unexpected(free.error());
  }
  Verifier verifier = before == nullptr ? Verifier() : before->password_verifier;
  bool password_right = factors.instead.value_or(false);
  if (!factors.instead) {
    const HashFor asker = asker_of(context, before, factors);
    CO_TRY(password_right,
           co_await matches_verifier(core, VerifierUse::kPassword, id.value, std::move(verifier),
                                     std::move(factors.password), asker));
  }
  Tried tried{password_right, factors.code, {}, factors.password_only};
  // By what was typed alone, whether or not the account exists and has such codes.
  if (const auto typed = recovery_code_of(factors.code)) {
    CO_TRY(tried.recovery, co_await recovery_digest(core, id, *typed));
  }

  std::optional held = co_await core.writes.lock();
  const auto* account = core.reg().account(id);
  if (const auto free = core.throttle.check(core.reg(), keys, core.mono()); !free) {
    // Tries that ran side by side count one by one.
    co_await log_locked(context, failed, id, free.error());
    co_return std::unexpected(free.error());
  }
  const Judged judged = judge(core, account, tried);
  if (!judged.right || !is_admitted(context, *account)) {
    // From another role's place nobody learns that the rest was right.
    const base::FieldName why = judged.right ? "zone" : "credentials";
    auto entry = entry_of_failure(context, failed, account, {Code::kDenied, why});
    core.throttle.count(core.reg(), keys, core.mono());
    held.reset();  // others may write: this one is counted, and waits for its batch
    CO_CHECK(co_await core.failures.keep(std::move(entry), keys));
    co_return fail(Code::kDenied, "credentials");
  }
  if (factors.password_only) co_return FactorsResult{account->id, account->role, judged.assurance};
  if (judged.assurance < factors.least) co_return fail(Code::kDenied, "assurance");
  const FactorsResult result{account->id, account->role, judged.assurance};
  if (judged.assurance == base::Assurance::kRecovery) {
    CO_CHECK(co_await use_up(context, id, *tried.recovery));
    account = core.reg().account(id);  // the register has changed
  }
  CO_CHECK(
      co_await record_success(context, succeeded, factors.session, *account, judged.step, keys));
  co_return result;
}

}  // namespace core
