// Accounts, and what the firm tells the people it asks.
#include "base/secret_access.h"
#include "daemon/accounts.h"
#include "daemon/handlers.h"
#include "daemon/use_grant.h"

namespace core {

using base::Code;
using base::fail;

namespace {

constexpr std::size_t kPasscodeCharsMin = 8;

}  // namespace

Answer<ipc::ListAccounts> handle(Context& context, ipc::ListAccounts /*request*/) {
  ipc::ListAccounts::Reply reply;
  for (const auto* account : context.core.reg().accounts()) {
    if (reply.rows.full()) break;
    ipc::AccountRow row;
    row.id = account->id;
    row.login = account->login;
    row.name = account->name;
    row.role = account->role;
    row.enrolled = !account->password_verifier.empty();
    row.disabled = account->disabled;
    row.last_sign_in = account->last_sign_in;
    CO_CHECK(reply.rows.push(std::move(row)));
  }
  co_return std::move(reply);
}

Answer<ipc::InviteAccount> handle(Context& context, ipc::InviteAccount request) {
  Core& core = context.core;
  if (request.role != base::Role::kHandler && request.role != base::Role::kAuditor) {
    co_return fail(Code::kDenied, "role");
  }
  if (!is_login(request.login.view())) co_return fail(Code::kInvalid, "login");
  if (request.name.empty()) co_return fail(Code::kMissing, "name");
  if (core.reg().account_by_login(request.login.view()) != nullptr) {
    co_return fail(Code::kDuplicate, "login");
  }
  CO_CHECK(co_await use_grant(context, request.grant, base::StepUpAct::kInvite));
  Invitation invitation{request.login, request.name, request.role, context.actor.account};
  CO_TRY(auto made, co_await new_account(core, std::move(invitation)));
  ipc::InviteAccount::Reply reply;
  reply.account = made.account.id;
  reply.expires_at = made.account.enrolment_expires_at;
  auto entry = context.entry(base::CoreEvent::kInvited);
  entry.ref = made.account.id.value;
  entry.login = request.login;
  const auto held = co_await core.writes.lock();
  CO_TRY(auto change, registry::create_account(core.reg(), std::move(made.account)));
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  core.epoch_due();
  reply.enrolment_key = std::move(made.key);
  co_return std::move(reply);
}

Answer<ipc::DisableAccount> handle(Context& context, ipc::DisableAccount request) {
  Core& core = context.core;
  // Who locks himself out can let nobody in again.
  if (request.account == context.actor.account) co_return fail(Code::kDenied, "self");
  const auto held = co_await core.writes.lock();
  const auto* account = core.reg().account(request.account);
  if (account == nullptr) co_return fail(Code::kNotFound, "account");
  if (account->disabled) co_return ipc::Done{};
  auto entry = context.entry(base::CoreEvent::kAccountDisabled);
  entry.ref = account->id.value;
  entry.login = account->login;
  auto after = registry::copy_of(*account);
  after.disabled = true;
  after.enrolment_key.reset();
  CO_TRY(auto change, registry::update_account(core.reg(), std::move(after)));
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  core.sessions.end_account(request.account, core.mono());
  core.epoch_due();
  co_return ipc::Done{};
}

Answer<ipc::GetSettings> handle(Context& context, ipc::GetSettings /*request*/) {
  ipc::GetSettings::Reply reply;
  if (const auto* settings = context.core.reg().settings(); settings != nullptr) {
    reply.firm = settings->firm;
    reply.phrase = settings->phrase;
    reply.passcode_set = !settings->passcode_verifier.empty();
  }
  co_return reply;
}

Answer<ipc::SaveSettings> handle(Context& context, ipc::SaveSettings request) {
  Core& core = context.core;
  if (request.phrase.empty()) co_return fail(Code::kMissing, "phrase");
  if (!request.passcode.empty() && request.passcode.size() < kPasscodeCharsMin) {
    co_return fail(Code::kDenied, "passcode_short");
  }
  CO_CHECK(co_await use_grant(context, request.grant, base::StepUpAct::kSaveSettings));
  Verifier verifier;
  if (!request.passcode.empty()) {
    CO_TRY(auto passcode, base::Secret<256>::from(request.passcode.read(base::secret_access())));
    CO_TRY(verifier, co_await make_verifier(core, VerifierUse::kPasscode, 0, std::move(passcode)));
  }
  const auto held = co_await core.writes.lock();
  const auto* before = core.reg().settings();
  if (before == nullptr) co_return fail(Code::kState, "appliance");
  auto after = *before;
  after.phrase = std::move(request.phrase);
  if (!verifier.empty()) after.passcode_verifier = std::move(verifier);
  auto entry = context.entry(base::CoreEvent::kSettingsChanged);
  CO_CHECK(co_await core.commit(std::move(entry), registry::save_settings(std::move(after))));
  co_return ipc::Done{};
}

}  // namespace core
