// Ways out that two people take at the console: an account whose owner has lost every factor, a
// firm whose guards of rights are all gone, a certificate that is over.
#include "base/secret_access.h"
#include "daemon/accounts.h"
#include "daemon/effects.h"
#include "daemon/handlers.h"
#include "daemon/lifecycle.h"
#include "daemon/mail.h"
#include "daemon/registry/accounts.h"
#include "daemon/tls_certificate.h"

namespace core {

using base::Code;
using base::CoreEvent;
using base::fail;

namespace {

// One of the two: both factors, or the password and a recovery code, which is used up by it.
base::Task<base::Result<>> prove(Context& context, ipc::Rescuer rescuer) {
  Factors factors;
  factors.login = canonical_login(rescuer.login.view());
  factors.password = std::move(rescuer.password);
  factors.code = std::move(rescuer.code);
  factors.least = base::Assurance::kRecovery;
  const auto checked = co_await check_factors(context, std::move(factors), CoreEvent::kRescueAgreed,
                                              CoreEvent::kRescueFailed);
  if (!checked) co_return std::unexpected(checked.error());
  co_return base::Result<>{};
}

// Everybody who guards rights hears of it, and the account's owner.
registry::Change tell(Core& core, const registry::Account& rescued) {
  const std::string what = "コンソールでの復旧 / rescued at the console: " + rescued.login.str();
  registry::Change change = mail_factors_changed(core, rescued.id, what);
  for (const auto* one : core.reg().accounts()) {
    if (one->disabled || one->id == rescued.id || !policy::guards_rights(one->role)) continue;
    if (one->tenant != rescued.tenant) continue;
    change.append(mail_factors_changed(core, one->id, what));
  }
  return change;
}

// The account as if it had just been invited: a new key, and nothing that opened it before.
base::Task<base::Result<Effect>> new_factors(Context& context, base::AccountId id) {
  Core& core = context.core;
  const auto* account = core.reg().account(id);
  if (account == nullptr || account->disabled) co_return fail(Code::kNotFound, "login");
  Effect out;
  CO_TRY(auto fresh,
         co_await new_account(core, {account->login, account->name, account->role, {}}));
  auto after = registry::copy_of(*account);
  after.password_verifier = {};
  after.totp_secret = std::move(fresh.account.totp_secret);
  after.last_totp_step = 0;  // of the new secret: a clock that was wrong holds nobody up
  after.enrolment_key = fresh.account.enrolment_key;
  after.enrolment_expires_at = fresh.account.enrolment_expires_at;
  auto keyring = keyring_of(core, id);
  keyring.passkeys = {};
  keyring.recovery_codes = {};
  keyring.mail_codes = false;
  out.change = tell(core, after);
  out.reply.enrolment_key = std::move(fresh.key);
  out.reply.expires_at = after.enrolment_expires_at;
  CO_TRY(auto update, registry::update_account(core.reg(), std::move(after)));
  out.change.append(std::move(update));
  CO_TRY(auto saved, registry::save_keyring(core.reg(), std::move(keyring)));
  out.change.append(std::move(saved));
  out.entry = context.entry(CoreEvent::kAccountRescued);
  out.entry.ref = id.value;
  out.entry.action = ipc::Text<32>::literal("new_factors");
  out.ended = id;
  co_return std::move(out);
}

// Somebody new who guards rights, where there is no such account.
base::Task<base::Result<Effect>> new_guard(Context& context, const registry::ProposalContent& who) {
  Core& core = context.core;
  if (!policy::guards_rights(who.role)) co_return fail(Code::kInvalid, "role");
  CO_CHECK(check_content(context, who));
  Effect out;
  CO_TRY(auto made, co_await new_account(core, {who.login, who.name, who.role, {}}));
  out.change = tell(core, made.account);
  out.reply.enrolment_key = std::move(made.key);
  out.reply.expires_at = made.account.enrolment_expires_at;
  out.entry = context.entry(CoreEvent::kAccountRescued);
  out.entry.ref = made.account.id.value;
  out.entry.action = ipc::Text<32>::literal("new_guard");
  CO_TRY(auto created, registry::create_account(core.reg(), std::move(made.account)));
  out.change.append(std::move(created));
  co_return std::move(out);
}

}  // namespace

// Policy has counted the people by the names that were typed; here they show that they are they.
Answer<ipc::RescueAccount> handle(Context& context, ipc::RescueAccount request) {
  Core& core = context.core;
  registry::ProposalContent who;
  who.kind = base::ProposalKind::kInvite;
  CO_TRY(who.login, ipc::LoginName::from(canonical_login(request.login.view())));
  who.name = request.name;
  who.role = request.role;
  who.company = base::kFirm;
  CO_CHECK(co_await prove(context, std::move(request.first)));
  CO_CHECK(co_await prove(context, std::move(request.second)));
  CO_TRY(const auto keys, co_await prove_pin(core, context.actor, std::move(request.pin)));
  static_cast<void>(keys);
  const auto held = co_await core.writes.lock();
  const auto* account = core.reg().account_by_login(who.login.view());
  const base::AccountId id = account == nullptr ? base::AccountId{} : account->id;
  auto effect = id.valid() ? co_await new_factors(context, id) : co_await new_guard(context, who);
  if (!effect) co_return std::unexpected(effect.error());
  effect->entry.login = who.login;
  CO_CHECK(co_await core.commit(std::move(effect->entry), std::move(effect->change)));
  core.mail_codes.erase(id);
  core.reset_keys.erase(id);
  for (const auto session : core.sessions.end_account(id, core.mono())) {
    core.grants.end_session(session);
  }
  core.epoch_due();
  co_return ipc::RescueAccount::Reply{std::move(effect->reply.enrolment_key),
                                      effect->reply.expires_at};
}

Answer<ipc::RenewCertificate> handle(Context& context, ipc::RenewCertificate request) {
  Core& core = context.core;
  CO_TRY(const auto keys, co_await prove_pin(core, context.actor, std::move(request.pin)));
  const auto held = co_await core.writes.lock();
  const auto* before = core.reg().settings();
  if (before == nullptr) co_return fail(Code::kState, "appliance");
  auto after = *before;
  CO_TRY(after.certificate_pem, co_await make_tls_certificate(core, after.host, keys));
  const auto fingerprint = fingerprint_of_pem(after.certificate_pem);
  CO_CHECK(co_await core.commit(context.entry(CoreEvent::kCertificateRenewed),
                                registry::save_settings(std::move(after))));
  core.certificate_fingerprint = fingerprint;
  core.epoch_due();
  co_return ipc::RenewCertificate::Reply{fingerprint};
}

}  // namespace core
