// Enrolment: a one-time key becomes a password and an authenticator, once.
#include "base/secret_access.h"
#include "daemon/accounts.h"
#include "daemon/companies.h"
#include "daemon/handlers.h"
#include "daemon/totp.h"

namespace core {

using base::Code;
using base::fail;

namespace {

base::Task<base::Result<>> log_failure(Context& context, base::AccountId account,
                                       base::Error error) {
  auto entry = context.entry(base::CoreEvent::kEnrolFailed);
  entry.actor.account = account;
  entry.error = error;
  co_await context.core.note(std::move(entry));
  co_return std::unexpected(error);
}

// The account that a key opens now. Wrong keys count against the address.
base::Task<base::Result<base::AccountId>> account_of(Context& context,
                                                     const base::Secret<32>& key) {
  Core& core = context.core;
  CO_CHECK(core.sign_in_failures.check(context.peer->address, core.mono()));
  const auto digest = co_await enrolment_digest(core, key);
  if (!digest && digest.error().code != Code::kInvalid) co_return std::unexpected(digest.error());
  const auto* account = digest ? core.reg().account_by_enrolment(*digest) : nullptr;
  if (account == nullptr || account->disabled) {
    core.sign_in_failures.failed(context.peer->address, core.mono());
    const base::Error error{Code::kNotFound, "key"};
    CO_CHECK(co_await log_failure(context, {}, error));
  }
  if (account->enrolment_expires_at <= core.wall()) {
    const base::Error error{Code::kExpired, "key"};
    CO_CHECK(co_await log_failure(context, account->id, error));
  }
  co_return account->id;
}

base::Result<registry::Change> enrol(Core& core, base::AccountId id, const ipc::Digest& key,
                                     Verifier verifier, const ipc::OneTimeCode& typed) {
  const auto* account = core.reg().account(id);
  if (account == nullptr || account->disabled || account->enrolment_key != key) {
    return fail(Code::kUsed, "key");
  }
  const auto code = TRY(parse_code(typed));
  const auto step = accept_code(account->totp_secret, code, core.wall(), account->last_totp_step);
  if (!step) return fail(Code::kDenied, "code");
  auto after = registry::copy_of(*account);
  after.password_verifier = std::move(verifier);
  after.enrolment_key.reset();
  after.last_totp_step = *step;
  return registry::update_account(core.reg(), std::move(after));
}

}  // namespace

Answer<ipc::BeginEnrolment> handle(Context& context, ipc::BeginEnrolment request) {
  Core& core = context.core;
  CO_TRY(const auto id, co_await account_of(context, request.key));
  const auto* account = core.reg().account(id);
  if (account == nullptr) co_return fail(Code::kNotFound, "key");
  ipc::BeginEnrolment::Reply reply;
  reply.login = account->login;
  reply.name = account->name;
  reply.role = account->role;
  reply.firm = words_of(core, account->tenant).name;
  CO_TRY(reply.totp_secret,
         base::Secret<20>::from(account->totp_secret.read(base::secret_access())));
  co_return std::move(reply);
}

Answer<ipc::FinishEnrolment> handle(Context& context, ipc::FinishEnrolment request) {
  Core& core = context.core;
  CO_TRY(const auto id, co_await account_of(context, request.key));
  CO_TRY(const auto digest, co_await enrolment_digest(core, request.key));
  const auto* account = core.reg().account(id);
  if (account == nullptr) co_return fail(Code::kNotFound, "key");
  CO_CHECK(check_password(request.password, account->login.view()));
  CO_TRY(auto verifier, co_await make_verifier(core, VerifierUse::kPassword, id.value,
                                               std::move(request.password)));

  const auto held = co_await core.writes.lock();
  auto change = enrol(core, id, digest, std::move(verifier), request.code);
  if (!change) {
    core.sign_in_failures.failed(context.peer->address, core.mono());
    CO_CHECK(co_await log_failure(context, id, change.error()));
  }
  auto entry = context.entry(base::CoreEvent::kEnrolled);
  entry.actor.account = id;
  CO_CHECK(co_await core.commit(std::move(entry), *std::move(change)));
  core.epoch_due();
  co_return ipc::Done{};
}

}  // namespace core
