#include "daemon/sign_in.h"

#include <algorithm>

#include "base/secret_access.h"
#include "daemon/digest.h"
#include "daemon/mail.h"

namespace core {

using base::Code;
using base::fail;

namespace {

constexpr std::int64_t kRememberAgainMs = std::int64_t{24} * 3'600'000;

template <class T, std::size_t N, class Less>
void push_and_drop_least(base::List<T, N>& list, T item, Less less) {
  auto items = std::move(list).release();
  if (items.size() >= N) items.erase(std::ranges::min_element(items, less));
  items.push_back(std::move(item));
  list = *base::List<T, N>::from(std::move(items));
}

// One of ours, given to this browser for whichever account.
bool was_given(Core& core, const base::Digest& token) {
  for (const auto* account : core.reg().accounts()) {
    for (const auto& device : core.reg().keyring(account->id).devices) {
      if (device.token == token) return true;
    }
  }
  return false;
}

ipc::Append entry_for(Context& context, base::CoreEvent event, const FactorsResult& who,
                      base::SessionId session) {
  auto entry = context.entry(event);
  entry.actor.account = who.account;
  entry.actor.role = who.role;
  entry.actor.session = session;
  return entry;
}

base::Task<base::Result<>> meet_again(Core& core, registry::Keyring keyring,
                                      const base::Digest& token) {
  const auto found = std::ranges::find(keyring.devices, token, &registry::KnownDevice::token);
  if (core.wall().ms - found->used_at.ms < kRememberAgainMs) co_return base::Result<>{};
  found->used_at = core.wall();
  CO_TRY(auto change, registry::save_keyring(core.reg(), std::move(keyring)));
  co_return core.commit_logged(std::move(change), {});
}

base::Task<base::Result<>> meet(Context& context, registry::Keyring keyring,
                                const FactorsResult& who, base::SessionId session,
                                registry::KnownDevice device) {
  Core& core = context.core;
  const bool first = keyring.devices.empty();
  registry::Change notify;
  if (!first) {
    ipc::DeviceNotice notice{core.wall(), device.device, context.peer->text};
    notify = mail(core, {.kind = MailKind::kNewDevice,
                         .account = who.account,
                         .to = keyring.mail.view(),
                         .detail = words_of(notice.device) + " (" + notice.peer.str() + ")"});
    push_and_drop_least(keyring.notices, std::move(notice),
                        [](const auto& a, const auto& b) { return a.at < b.at; });
  }
  push_and_drop_least(keyring.devices, std::move(device),
                      [](const auto& a, const auto& b) { return a.used_at < b.used_at; });
  CO_TRY(auto change, registry::save_keyring(core.reg(), std::move(keyring)));
  if (first) co_return core.commit_logged(std::move(change), {});
  change.append(std::move(notify));
  auto entry = entry_for(context, base::CoreEvent::kNewDevice, who, session);
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return base::Result<>{};
}

// Whether the account was used with this browser, and from now on it was. The token that the
// browser is to keep, or none when it has it.
base::Task<base::Result<ipc::DeviceToken>> recognise(Context& context, const FactorsResult& who,
                                                     base::SessionId session, Browser browser) {
  Core& core = context.core;
  const auto held = co_await core.writes.lock();
  auto keyring = keyring_of(core, who.account);
  base::Digest digest = sha256(browser.token.read(base::secret_access()));
  const auto known = std::ranges::find(keyring.devices, digest, &registry::KnownDevice::token);
  if (known != keyring.devices.end()) {
    CO_CHECK(co_await meet_again(core, std::move(keyring), digest));
    co_return ipc::DeviceToken();
  }
  ipc::DeviceToken given;
  if (!was_given(core, digest)) {
    given = core.random().secret<32>();
    digest = sha256(given.read(base::secret_access()));
  }
  CO_CHECK(co_await meet(context, std::move(keyring), who, session,
                         {digest, browser.device, core.wall()}));
  co_return std::move(given);
}

// What the browser was signed in with before is good no more (ASVS 7.2.4).
base::Task<void> end_former(Context& context, const ipc::SessionToken& token) {
  Core& core = context.core;
  if (token.empty()) co_return;
  const auto former = core.sessions.find(token, context.peer->zone, core.mono());
  if (former.state != policy::SessionState::kFresh) co_return;
  const auto id = former.session->id;
  auto entry = context.entry(base::CoreEvent::kSessionEnded);
  entry.actor.account = former.session->account;
  entry.actor.role = former.session->role;
  entry.ref = id.value;
  core.sessions.end(id, core.mono());
  core.grants.end_session(id);
  co_await core.note(std::move(entry));
}

// What whoever tries is told; which part of it was wrong is for the log.
base::Task<base::Error> log_refused(Context& context, base::CoreEvent event,
                                    base::AccountId account, base::Error why) {
  auto entry = context.entry(event);
  entry.actor.account = account;
  entry.error = why;
  co_await context.core.note(std::move(entry));
  co_return base::Error{Code::kDenied, "passkey"};
}

base::Result<std::uint32_t> verified(const Context& context, const PasskeyOwner& owner,
                                     const ipc::PasskeyAssertion& assertion,
                                     base::AccountId expected) {
  if (owner.passkey == nullptr) return fail(Code::kNotFound, "passkey");
  const bool usable = !owner.account->disabled && !owner.account->password_verifier.empty();
  if (!usable) return fail(Code::kDenied, "account");
  if (expected.valid() && owner.account->id != expected) return fail(Code::kDenied, "account");
  if (!is_admitted(context, *owner.account)) return fail(Code::kDenied, "zone");
  const auto site = site_of(context.core);
  if (!site) return fail(Code::kState, "host");
  const webauthn::Assertion checked{assertion.client_data.view(),
                                    assertion.authenticator_data.view(),
                                    assertion.signature.view()};
  return webauthn::check_assertion(*site, checked, owner.passkey->public_key.view(),
                                   owner.passkey->counter);
}

}  // namespace

std::optional<webauthn::Site> site_of(Core& core) {
  const auto* settings = core.reg().settings();
  if (settings == nullptr) return std::nullopt;
  const std::string host = canonical_login(settings->host.view());  // in lower case
  if (host.empty() || base::IpAddress::parse(host).has_value()) return std::nullopt;
  webauthn::Site site{host, {"https://" + host}};
  for (const auto& endpoint : core.config().listen) {
    site.origins.push_back("https://" + host + ":" + std::to_string(endpoint.port));
  }
  return site;
}

std::optional<base::Digest> device_of(const ipc::DeviceToken& token) {
  if (token.empty()) return std::nullopt;
  return sha256(token.read(base::secret_access()));
}

base::Task<base::Result<ipc::SignedIn>> open_session(Context& context, FactorsResult who,
                                                     base::SessionId id, Browser browser) {
  Core& core = context.core;
  co_await end_former(context, browser.session);
  SessionOrigin origin{core.wall(), who.assurance, browser.device, context.peer->text};
  CO_TRY(auto opened, core.sessions.open(who.account, who.role, context.peer->zone, core.mono(), id,
                                         std::move(origin)));
  ipc::SignedIn reply;
  reply.token = std::move(opened.token);
  CO_TRY(reply.csrf, ipc::CsrfToken::from(opened.session->csrf.read(base::secret_access())));
  reply.name = name_of(core, who.account);
  reply.role = who.role;
  CO_TRY(reply.device_token, co_await recognise(context, who, id, std::move(browser)));
  co_return std::move(reply);
}

PasskeyOwner owner_of(Core& core, const ipc::PasskeyAssertion& assertion) {
  std::uint64_t id = 0;
  if (assertion.user.size() != 8) return {};
  for (const std::uint8_t byte : assertion.user.view()) id = (id << 8U) | byte;
  const auto* account = core.reg().account({id});
  if (account == nullptr) return {};
  for (const auto& passkey : core.reg().keyring(account->id).passkeys) {
    if (passkey.credential == assertion.credential) return {account, &passkey};
  }
  return {account, nullptr};
}

base::Task<base::Result<FactorsResult>> check_passkey(
    Context& context, const ipc::PasskeyAssertion& assertion, base::AccountId expected,
    base::SessionId session, std::optional<base::CoreEvent> succeeded, base::CoreEvent failed) {
  Core& core = context.core;
  ASSERT(core.writes.held());
  const auto owner = owner_of(core, assertion);
  const auto counter = verified(context, owner, assertion, expected);
  if (!counter) {
    const auto account = owner.account == nullptr ? base::AccountId{} : owner.account->id;
    co_return std::unexpected(co_await log_refused(context, failed, account, counter.error()));
  }
  ASSERT(owner.account != nullptr && owner.passkey != nullptr);  // or it would not have verified
  const FactorsResult who{owner.account->id, owner.account->role, base::Assurance::kPasskey};
  auto keyring = keyring_of(core, who.account);
  const auto used = std::ranges::find(keyring.passkeys, owner.passkey->id, &registry::Passkey::id);
  used->counter = *counter;
  used->used_at = core.wall();
  auto after = registry::copy_of(*owner.account);
  if (succeeded) after.last_sign_in = core.wall();
  const ipc::LoginName login = after.login;
  CO_TRY(auto change, registry::save_keyring(core.reg(), std::move(keyring)));
  CO_TRY(auto update, registry::update_account(core.reg(), std::move(after)));
  change.append(std::move(update));
  if (!succeeded) {
    CO_CHECK(core.commit_logged(std::move(change), {}));
    co_return who;
  }
  auto entry = entry_for(context, *succeeded, who, session);
  entry.login = login;
  CO_CHECK(co_await core.commit(std::move(entry), std::move(change)));
  co_return who;
}

}  // namespace core
