// Who cannot sign in as usual: a code by mail instead of the authenticator app, a key by mail for a
// forgotten password. What is answered, and the work until then, is the same for names that are no
// account's.
#include "daemon/accounts.h"
#include "daemon/handlers.h"
#include "daemon/mail.h"
#include "daemon/sign_in.h"

namespace core {

using base::Code;
using base::fail;

namespace {

constexpr std::int64_t kAgainMs = 60'000;  // a code is not mailed twice within

// Whose mail may be used: enrolled, not disabled, with an address.
const registry::Account* mailable(Core& core, const registry::Account* account) {
  const bool usable = account != nullptr && !account->disabled &&
                      !account->password_verifier.empty() &&
                      !core.reg().keyring(account->id).mail.empty();
  return usable ? account : nullptr;
}

registry::Change mail_code(Core& core, base::AccountId account) {
  const auto& keyring = core.reg().keyring(account);
  auto& code = core.mail_codes[account];
  const bool fresh = code.open({core.mono().ms + MailCode::kLifeMs - kAgainMs});
  if (fresh) return {};
  code = MailCode(core.random(), core.mono());
  return mail(core, {.kind = MailKind::kSignInCode,
                     .account = account,
                     .to = keyring.mail.view(),
                     .secret = &code.text()});
}

registry::Change mail_key(Core& core, base::AccountId account) {
  auto& key = core.reset_keys[account];
  key = ResetKey(core.random(), core.mono());
  return mail(core, {.kind = MailKind::kReminder,
                     .account = account,
                     .to = core.reg().keyring(account).mail.view(),
                     .secret = &key.text()});
}

// After everything was right.
base::Task<base::Result<>> set_password(Context& context, base::AccountId id, Verifier verifier) {
  Core& core = context.core;
  {
    const auto held = co_await core.writes.lock();
    const auto* account = core.reg().account(id);
    if (account == nullptr || account->disabled) co_return fail(Code::kDenied, "credentials");
    auto after = registry::copy_of(*account);
    after.password_verifier = std::move(verifier);
    auto entry = context.entry(base::CoreEvent::kPasswordChanged);
    entry.actor.account = id;
    entry.actor.role = account->role;
    entry.login = account->login;
    CO_TRY(auto change, registry::update_account(core.reg(), std::move(after)));
    change.append(mail_factors_changed(core, id, "パスワード / password"));
    CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  }
  core.reset_keys.erase(id);
  for (const auto session : core.sessions.end_account(id, core.mono())) {
    core.grants.end_session(session);
  }
  core.epoch_due();
  co_return base::Result<>{};
}

}  // namespace

Answer<ipc::RequestMailCode> handle(Context& context, ipc::RequestMailCode request) {
  Core& core = context.core;
  CO_CHECK(core.sign_in_failures.check(context.peer->address, core.mono()));
  Factors factors;
  factors.login = canonical_login(request.login.view());
  factors.password = std::move(request.password);
  factors.device = device_of(request.device_token);
  factors.password_only = true;
  const auto checked = co_await check_factors(context, std::move(factors), std::nullopt,
                                              base::CoreEvent::kSignInFailed);
  if (!checked) {
    core.sign_in_failures.failed(context.peer->address, core.mono());
    co_return std::unexpected(checked.error());
  }
  const auto held = co_await core.writes.lock();
  const auto* account = mailable(core, core.reg().account(checked->account));
  if (account != nullptr && core.reg().keyring(account->id).mail_codes) {
    CO_CHECK(core.commit_logged(mail_code(core, account->id), {}));
  }
  co_return ipc::Done{};
}

Answer<ipc::RequestReminder> handle(Context& context, ipc::RequestReminder request) {
  Core& core = context.core;
  const auto& address = context.peer->address;
  CO_CHECK(core.sign_in_failures.check(address, core.mono()));
  core.sign_in_failures.failed(address, core.mono());  // each of them counts: who needs many?
  const std::string login = canonical_login(request.login.view());
  const auto keys = Throttle::of_reminder(login);
  const auto held = co_await core.writes.lock();
  // Whoever asked too often hears the same, and nothing is sent.
  if (!core.throttle.check(core.reg(), keys, core.mono())) co_return ipc::Done{};
  auto change = core.throttle.failed(core.reg(), keys, core.mono());
  if (const auto* account = mailable(core, core.reg().account_by_login(login))) {
    change.append(mail_key(core, account->id));
  }
  CO_CHECK(core.commit_logged(std::move(change), {}));
  co_return ipc::Done{};
}

Answer<ipc::ResetPassword> handle(Context& context, ipc::ResetPassword request) {
  Core& core = context.core;
  CO_CHECK(core.sign_in_failures.check(context.peer->address, core.mono()));
  const std::string login = canonical_login(request.login.view());
  CO_CHECK(check_password(request.password, login));
  const auto* account = core.reg().account_by_login(login);
  const base::AccountId id = account == nullptr ? base::AccountId{} : account->id;
  // The slow hash comes first, for everybody.
  CO_TRY(auto verifier, co_await make_verifier(core, VerifierUse::kPassword, id.value,
                                               std::move(request.password)));
  ResetKey none(core.random(), core.mono());  // NOLINT(misc-const-correctness): lent below
  const auto found = core.reset_keys.find(id);
  ResetKey& key = found == core.reset_keys.end() ? none : found->second;
  Factors factors;
  factors.login = login;
  factors.code = std::move(request.code);
  factors.instead = key.matches(request.key, core.mono());
  factors.least = base::Assurance::kRecovery;
  const auto checked = co_await check_factors(context, std::move(factors), std::nullopt,
                                              base::CoreEvent::kRecoverFailed);
  if (!checked) {
    core.sign_in_failures.failed(context.peer->address, core.mono());
    co_return std::unexpected(checked.error());
  }
  CO_CHECK(co_await set_password(context, checked->account, std::move(verifier)));
  co_return ipc::Done{};
}

}  // namespace core
