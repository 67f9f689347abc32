// What people do with their own account: sessions, password, recovery codes, authenticator app.
// Nothing here takes an account's id: it is always the asker's.
#include "base/secret_access.h"
#include "daemon/handlers.h"
#include "daemon/mail.h"
#include "daemon/sign_in.h"
#include "daemon/totp.h"
#include "daemon/use_grant.h"

namespace core {

using base::Code;
using base::fail;

namespace {

ipc::SessionRow row_of(Core& core, const Session& session, base::SessionId current) {
  ipc::SessionRow row;
  row.id = session.id;
  row.device = session.device;
  row.peer = session.peer;
  row.opened_at = session.opened_at;
  row.idle_s = static_cast<std::uint32_t>((core.mono().ms - session.used.ms) / 1000);
  row.assurance = session.assurance;
  row.current = session.id == current;
  return row;
}

// With its grants, and an entry for it.
base::Task<void> end_session(Context& context, base::SessionId session) {
  context.core.sessions.end(session, context.core.mono());
  context.core.grants.end_session(session);
  auto entry = context.entry(base::CoreEvent::kSessionEnded);
  entry.ref = session.value;
  co_await context.core.note(std::move(entry));
}

base::Task<void> end_other_sessions(Context& context) {
  Core& core = context.core;
  const auto ended =
      core.sessions.end_account(context.actor.account, core.mono(), context.actor.session);
  for (const auto session : ended) co_await end_session(context, session);
}

base::Task<base::Result<>> save(Context& context, base::CoreEvent event, std::uint64_t count,
                                registry::Keyring keyring) {
  auto entry = context.entry(event);
  entry.count = count;
  CO_TRY(auto change, registry::save_keyring(context.core.reg(), std::move(keyring)));
  CO_CHECK(co_await context.core.commit(std::move(entry), std::move(change)));
  co_return base::Result<>{};
}

}  // namespace

Answer<ipc::GetMyAccount> handle(Context& context, ipc::GetMyAccount /*request*/) {
  Core& core = context.core;
  const auto* account = core.reg().account(context.actor.account);
  if (account == nullptr) co_return fail(Code::kNotFound, "account");
  const auto& keyring = core.reg().keyring(account->id);
  ipc::GetMyAccount::Reply reply;
  reply.login = account->login;
  reply.account = account->id;
  reply.last_sign_in = account->last_sign_in;
  for (const auto* session : core.sessions.of_account(account->id, core.mono())) {
    CO_CHECK(reply.sessions.push(row_of(core, *session, context.actor.session)));
  }
  for (const auto& passkey : keyring.passkeys) {
    CO_CHECK(reply.passkeys.push(
        {passkey.id, passkey.label, passkey.made_at, passkey.used_at, passkey.credential}));
  }
  reply.passkeys_possible = site_of(core).has_value();
  reply.recovery_codes_left = static_cast<std::uint8_t>(keyring.recovery_codes.size());
  reply.recovery_codes_made_at = keyring.recovery_codes_made_at;
  reply.new_devices = keyring.notices;
  reply.mail = keyring.mail;
  reply.mail_codes = keyring.mail_codes;
  reply.mail_possible = core.config().relay.has_value();
  co_return std::move(reply);
}

Answer<ipc::EndMySession> handle(Context& context, ipc::EndMySession request) {
  const Core& core = context.core;
  if (!request.session.valid()) {
    co_await end_other_sessions(context);
    co_return ipc::Done{};
  }
  for (const auto* session : core.sessions.of_account(context.actor.account, core.mono())) {
    if (session->id != request.session) continue;
    co_await end_session(context, request.session);
    co_return ipc::Done{};
  }
  // Somebody else's, or none: the same answer.
  co_return fail(Code::kNotFound, "session_row");
}

Answer<ipc::ChangePassword> handle(Context& context, ipc::ChangePassword request) {
  Core& core = context.core;
  const auto id = context.actor.account;
  const auto* account = core.reg().account(id);
  if (account == nullptr) co_return fail(Code::kNotFound, "account");
  CO_CHECK(check_password(request.password, account->login.view()));
  CO_CHECK(co_await use_grant(context, request.grant, base::StepUpAct::kChangePassword));
  CO_TRY(auto verifier, co_await make_verifier(core, VerifierUse::kPassword, id.value,
                                               std::move(request.password)));
  {
    const auto held = co_await core.writes.lock();
    account = core.reg().account(id);
    if (account == nullptr || account->disabled) co_return fail(Code::kNotFound, "account");
    auto after = registry::copy_of(*account);
    after.password_verifier = std::move(verifier);
    CO_TRY(auto change, registry::update_account(core.reg(), std::move(after)));
    change.append(mail_factors_changed(core, id, "パスワード / password"));
    CO_CHECK(
        co_await core.commit(context.entry(base::CoreEvent::kPasswordChanged), std::move(change)));
  }
  co_await end_other_sessions(context);
  core.epoch_due();
  co_return ipc::Done{};
}

Answer<ipc::MakeRecoveryCodes> handle(Context& context, ipc::MakeRecoveryCodes request) {
  Core& core = context.core;
  CO_CHECK(co_await use_grant(context, request.grant, base::StepUpAct::kMakeRecoveryCodes));
  ipc::MakeRecoveryCodes::Reply reply;
  base::List<ipc::Digest, ipc::kRecoveryCodes> digests;
  for (std::size_t i = 0; i < ipc::kRecoveryCodes; ++i) {
    auto code = new_recovery_code(core);
    CO_TRY(const auto digest, co_await recovery_digest(core, context.actor.account, code));
    CO_CHECK(digests.push(digest));
    CO_CHECK(reply.codes.push(std::move(code)));
  }
  const auto held = co_await core.writes.lock();
  auto keyring = keyring_of(core, context.actor.account);
  keyring.recovery_codes = std::move(digests);
  keyring.recovery_codes_made_at = core.wall();
  CO_CHECK(co_await save(context, base::CoreEvent::kRecoveryCodesMade, ipc::kRecoveryCodes,
                         std::move(keyring)));
  core.epoch_due();
  co_return std::move(reply);
}

Answer<ipc::BeginAuthenticator> handle(Context& context, ipc::BeginAuthenticator request) {
  Core& core = context.core;
  CO_CHECK(co_await use_grant(context, request.grant, base::StepUpAct::kReplaceAuthenticator));
  auto* session = core.sessions.by_id(context.actor.session);
  const auto* account = core.reg().account(context.actor.account);
  if (session == nullptr || account == nullptr) co_return fail(Code::kNotFound, "account");
  session->new_secret = core.random().secret<20>();
  ipc::BeginAuthenticator::Reply reply;
  reply.login = account->login;
  CO_TRY(reply.totp_secret, ipc::Secret<20>::from(session->new_secret.read(base::secret_access())));
  co_return std::move(reply);
}

Answer<ipc::FinishAuthenticator> handle(Context& context, ipc::FinishAuthenticator request) {
  Core& core = context.core;
  auto* session = core.sessions.by_id(context.actor.session);
  if (session == nullptr || session->new_secret.empty()) co_return fail(Code::kExpired, "secret");
  CO_TRY(const auto code, parse_code(request.code));
  const auto step = accept_code(session->new_secret, code, core.wall(), 0);
  if (!step) co_return fail(Code::kInvalid, "code");
  auto secret = std::move(session->new_secret);
  {
    const auto held = co_await core.writes.lock();
    const auto* account = core.reg().account(context.actor.account);
    if (account == nullptr || account->disabled) co_return fail(Code::kNotFound, "account");
    auto after = registry::copy_of(*account);
    after.totp_secret = std::move(secret);
    after.last_totp_step = *step;
    CO_TRY(auto change, registry::update_account(core.reg(), std::move(after)));
    change.append(mail_factors_changed(core, account->id, "認証アプリ / authenticator app"));
    CO_CHECK(co_await core.commit(context.entry(base::CoreEvent::kAuthenticatorReplaced),
                                  std::move(change)));
  }
  co_await end_other_sessions(context);
  core.epoch_due();
  co_return ipc::Done{};
}

Answer<ipc::ConfirmDevices> handle(Context& context, ipc::ConfirmDevices /*request*/) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  auto keyring = keyring_of(core, context.actor.account);
  const auto count = keyring.notices.size();
  if (count == 0) co_return ipc::Done{};
  keyring.notices = {};
  CO_CHECK(co_await save(context, base::CoreEvent::kDevicesConfirmed, count, std::move(keyring)));
  co_return ipc::Done{};
}

}  // namespace core
