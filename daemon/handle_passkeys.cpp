// Passkeys: signing in with one, adding and removing one's own.
#include "daemon/handlers.h"
#include "daemon/mail.h"
#include "daemon/registry/number_shape.h"
#include "daemon/sign_in.h"
#include "daemon/use_grant.h"

namespace core {

using base::Code;
using base::fail;

namespace {

base::Task<base::Result<>> refused(Context& context, base::Error error) {
  auto entry = context.entry(base::CoreEvent::kSignInFailed);
  entry.error = error;
  co_await context.core.note(std::move(entry));
  context.core.sign_in_failures.failed(context.peer->address, context.core.mono());
  co_return fail(Code::kDenied, "passkey");
}

// The challenge that the browser was given for this sign-in, which it uses up.
base::Result<> take_challenge(Context& context, const ipc::PasskeyAssertion& assertion) {
  Core& core = context.core;
  const auto site = site_of(core);
  if (!site) return fail(Code::kState, "host");
  const auto challenge =
      TRY(webauthn::challenge_of(*site, webauthn::Ceremony::kGet, assertion.client_data.view()));
  if (!core.challenges.take(challenge, context.peer->address, core.mono())) {
    return fail(Code::kUsed, "challenge");
  }
  return {};
}

base::Result<registry::Passkey> new_passkey(Context& context, const ipc::AddPasskey& request) {
  Core& core = context.core;
  const auto site = site_of(core);
  if (!site) return fail(Code::kState, "host");
  const auto challenge =
      webauthn::challenge_of(*site, webauthn::Ceremony::kCreate, request.client_data.view());
  if (!challenge) return fail(Code::kDenied, "passkey");
  if (!core.sessions.take_challenge(context.actor.session, *challenge, core.mono())) {
    return fail(Code::kUsed, "passkey");
  }
  auto checked = webauthn::check_registration(*site, request.attestation.view());
  if (!checked) return fail(Code::kDenied, "passkey");
  registry::Passkey out;
  out.id = {core.reg().new_id()};
  out.label = request.label;
  out.credential = TRY(ipc::Bytes<ipc::kCredentialIdMax>::adopt(std::move(checked->id)));
  out.public_key = TRY(ipc::Bytes<640>::adopt(std::move(checked->public_key)));
  out.counter = checked->counter;
  out.made_at = core.wall();
  return out;
}

bool is_taken(Core& core, const registry::Passkey& passkey) {
  for (const auto* account : core.reg().accounts()) {
    for (const auto& other : core.reg().keyring(account->id).passkeys) {
      if (other.credential == passkey.credential) return true;
    }
  }
  return false;
}

}  // namespace

Answer<ipc::BeginPasskeySignIn> handle(Context& context, ipc::BeginPasskeySignIn /*request*/) {
  Core& core = context.core;
  CO_CHECK(core.sign_in_failures.check(context.peer->address, core.mono()));
  ipc::BeginPasskeySignIn::Reply reply;
  reply.possible = site_of(core).has_value();
  reply.challenge = core.challenges.make(core.random(), context.peer->address, core.mono());
  co_return reply;
}

Answer<ipc::SignInWithPasskey> handle(Context& context, ipc::SignInWithPasskey request) {
  Core& core = context.core;
  CO_CHECK(core.sign_in_failures.check(context.peer->address, core.mono()));
  const auto taken = take_challenge(context, request.assertion);
  if (!taken) CO_CHECK(co_await refused(context, taken.error()));
  const base::SessionId session{core.random().id()};
  const std::uint64_t generation = core.generation();
  base::Result<FactorsResult> checked = fail(Code::kInternal);
  {
    const auto held = co_await core.writes.lock();
    checked = co_await check_passkey(context, request.assertion, {}, session,
                                     base::CoreEvent::kSignedIn, base::CoreEvent::kSignInFailed);
  }
  if (!checked) {
    core.sign_in_failures.failed(context.peer->address, core.mono());
    co_return std::unexpected(checked.error());
  }
  if (core.generation() != generation) co_return fail(Code::kState, "appliance");
  Browser browser{std::move(request.device_token), request.device, std::move(request.ends)};
  co_return co_await open_session(context, *checked, session, std::move(browser));
}

Answer<ipc::AddPasskey> handle(Context& context, ipc::AddPasskey request) {
  Core& core = context.core;
  if (request.label.empty()) co_return fail(Code::kMissing, "label");
  if (registry::looks_like_number(request.label.view())) co_return fail(Code::kInvalid, "label");
  CO_TRY(auto passkey, new_passkey(context, request));
  CO_CHECK(co_await use_grant(context, request.grant, base::StepUpAct::kAddPasskey));
  const auto held = co_await core.writes.lock();
  if (is_taken(core, passkey)) co_return fail(Code::kDuplicate, "passkey");
  auto entry = context.entry(base::CoreEvent::kPasskeyAdded);
  entry.ref = passkey.id.value;
  auto keyring = keyring_of(core, context.actor.account);
  if (!keyring.passkeys.push(std::move(passkey))) co_return fail(Code::kTooMany, "passkey");
  CO_TRY(auto change, registry::save_keyring(core.reg(), std::move(keyring)));
  change.append(mail_factors_changed(core, context.actor.account, "パスキーの追加 / new passkey"));
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  core.epoch_due();
  co_return ipc::Done{};
}

Answer<ipc::RemovePasskey> handle(Context& context, ipc::RemovePasskey request) {
  Core& core = context.core;
  CO_CHECK(co_await use_grant(context, request.grant, base::StepUpAct::kRemovePasskey,
                              request.passkey.value));
  const auto held = co_await core.writes.lock();
  auto keyring = keyring_of(core, context.actor.account);
  auto passkeys = std::move(keyring.passkeys).release();
  const auto gone =
      std::erase_if(passkeys, [&](const auto& passkey) { return passkey.id == request.passkey; });
  if (gone == 0) co_return fail(Code::kNotFound, "passkey");
  CO_TRY(keyring.passkeys,
         (base::List<registry::Passkey, ipc::kPasskeysMax>::from(std::move(passkeys))));
  auto entry = context.entry(base::CoreEvent::kPasskeyRemoved);
  entry.ref = request.passkey.value;
  CO_TRY(auto change, registry::save_keyring(core.reg(), std::move(keyring)));
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  core.epoch_due();
  co_return ipc::Done{};
}

}  // namespace core
