// One's own account over the whole core: sessions, devices, recovery codes, password, authenticator
// app, passkeys.
#include "tests/unit/daemon/world.h"
#include "tests/unit/daemon_webauthn/authenticator.h"

namespace {

using base::Code;
using base::CoreEvent;
using base::StepUpAct;
using webauthn::testing::Authenticator;

template <class T>
bool failed(const base::Result<T>& result, Code code, base::FieldName field) {
  return !result && result.error().code == code && result.error().field == field;
}
template <std::size_t N>
base::Secret<N> secret(std::string_view text) {
  return *base::Secret<N>::from(base::as_bytes(text));
}
template <std::size_t N>
base::Bytes<N> bytes(const webauthn::testing::Octets& octets) {
  return *base::Bytes<N>::from(octets);
}

struct Provisioned : core::testing::World {
  Provisioned() { provision(); }

  base::GrantId grant(const User& user, StepUpAct act) {
    auto opened = ask(user.peer, step_up(user, act));
    BOOST_REQUIRE(opened.has_value());
    return opened->grant;
  }
  ipc::GetMyAccount::Reply mine(const User& user) {
    ipc::GetMyAccount request;
    request.token = user.session();
    auto reply = ask(user.peer, std::move(request));
    BOOST_REQUIRE(reply.has_value());
    return *std::move(reply);
  }
  bool alive(const User& user) {
    ipc::GetSession request;
    request.token = user.session();
    return ask(user.peer, std::move(request)).has_value();
  }
  User copy(const User& user) {
    User other;
    other.login = user.login;
    other.totp = *base::Secret<20>::from(user.totp.read(base::secret_access()));
    other.peer = user.peer;
    return other;
  }
  // A second sign-in of the same person, with that cookie; what the browser is given.
  User again(const User& user, ipc::DeviceToken token, ipc::DeviceToken* given = nullptr,
             std::string_view address = "192.0.2.20") {
    User other = copy(user);
    other.peer = peer_at(address);
    ipc::SignIn request;
    request.login = ipc::LoginName::literal(user.login);
    request.password = password();
    request.code = code(user);
    request.device_token = std::move(token);
    request.device = {ipc::Browser::kFirefox, ipc::System::kWindows};
    auto reply = ask(other.peer, std::move(request));
    BOOST_REQUIRE(reply.has_value());
    other.token = std::move(reply->token);
    other.csrf = std::move(reply->csrf);
    if (given != nullptr) *given = std::move(reply->device_token);
    return other;
  }
  std::vector<std::string> recovery_codes(const User& user) {
    ipc::MakeRecoveryCodes request;
    request.auth = user.auth();
    request.grant = grant(user, StepUpAct::kMakeRecoveryCodes);
    auto reply = ask(user.peer, std::move(request));
    BOOST_REQUIRE(reply.has_value());
    std::vector<std::string> out;
    for (const auto& one : reply->codes) {
      out.emplace_back(base::as_text(one.read(base::secret_access())));
    }
    return out;
  }
  ipc::Challenge challenge(const User& user) {
    ipc::GetSession request;
    request.token = user.session();
    return ask(user.peer, std::move(request))->challenge;
  }
  base::Result<ipc::Done> add_passkey(const User& user, const Authenticator& device,
                                      const ipc::Challenge& signed_challenge) {
    ipc::AddPasskey request;
    request.auth = user.auth();
    request.grant = grant(user, StepUpAct::kAddPasskey);
    request.label = ipc::Text<64>::literal("検証用の鍵");
    request.client_data = bytes<2048>(webauthn::testing::client_data(
        "webauthn.create", signed_challenge.view(), "https://box.example"));
    request.attestation = bytes<4096>(device.attestation());
    return ask(user.peer, std::move(request));
  }
  base::AccountId id_of(const User& user) { return core->reg().account_by_login(user.login)->id; }
  ipc::PasskeyAssertion assertion(const User& owner, Authenticator& device,
                                  const ipc::Challenge& signed_challenge) {
    ++device.counter;
    ipc::PasskeyAssertion out;
    out.credential = bytes<ipc::kCredentialIdMax>(device.credential);
    webauthn::testing::Octets handle;
    for (int i = 7; i >= 0; --i) {
      handle.push_back(static_cast<std::uint8_t>(id_of(owner).value >> (8 * i)));
    }
    out.user = bytes<64>(handle);
    const auto client = webauthn::testing::client_data("webauthn.get", signed_challenge.view(),
                                                       "https://box.example");
    const auto data = device.data(false);
    out.client_data = bytes<2048>(client);
    out.authenticator_data = bytes<1024>(data);
    out.signature = bytes<512>(device.sign(data, client));
    return out;
  }
  ipc::Challenge begin(const User& user) {
    return ask(user.peer, ipc::BeginPasskeySignIn{})->challenge;
  }
  base::Result<ipc::SignedIn> sign_in_with(const User& user, ipc::PasskeyAssertion made) {
    ipc::SignInWithPasskey request;
    request.assertion = std::move(made);
    return ask(user.peer, std::move(request));
  }
};

BOOST_FIXTURE_TEST_SUITE(my_account, Provisioned)

BOOST_AUTO_TEST_CASE(sessions_are_listed_and_ended_by_their_owner_at_once) {
  sign_in(responsible);
  sign_in(auditor);
  const User second = again(responsible, {});
  clock.advance(1000);
  const auto shown = mine(responsible);
  BOOST_REQUIRE(shown.sessions.size() == 2U);
  BOOST_TEST(shown.sessions[0].current);  // the newest use
  BOOST_TEST(!shown.sessions[1].current);
  BOOST_TEST((shown.sessions[1].peer.view() == "192.0.2.20"));
  BOOST_TEST((shown.sessions[1].device.browser == ipc::Browser::kFirefox));
  BOOST_TEST((shown.sessions[1].assurance == base::Assurance::kCode));

  ipc::EndMySession foreign;
  foreign.auth = auditor.auth();
  foreign.session = shown.sessions[1].id;
  BOOST_TEST(failed(ask(auditor.peer, std::move(foreign)), Code::kNotFound, "session_row"));
  BOOST_TEST(alive(second));

  ipc::EndMySession end;
  end.auth = responsible.auth();
  end.session = shown.sessions[1].id;
  BOOST_TEST(ask(responsible.peer, std::move(end)).has_value());
  BOOST_TEST(!alive(second));
  BOOST_TEST(alive(responsible));
  BOOST_TEST((audit->last(CoreEvent::kSessionEnded)->ref == shown.sessions[1].id.value));

  const User third = again(responsible, {});
  const User fourth = again(responsible, {});
  ipc::EndMySession others;
  others.auth = responsible.auth();
  BOOST_TEST(ask(responsible.peer, std::move(others)).has_value());
  BOOST_TEST(!alive(third));
  BOOST_TEST(!alive(fourth));
  BOOST_TEST(alive(responsible));
  BOOST_TEST(alive(auditor));
}

BOOST_AUTO_TEST_CASE(a_new_device_is_noticed_once_and_confirmed) {
  ipc::DeviceToken first;
  User user = again(responsible, {}, &first);
  BOOST_TEST(first.size() == 32U);
  BOOST_TEST(audit->count(CoreEvent::kNewDevice) == 0U);  // the first one is nobody's surprise
  ipc::DeviceToken none;
  user = again(responsible, *ipc::DeviceToken::from(first.read(base::secret_access())), &none);
  BOOST_TEST(none.empty());
  BOOST_TEST(mine(user).new_devices.empty());

  // A token that we never gave is as good as none.
  ipc::DeviceToken second;
  user = again(responsible, random.secret<32>(), &second, "192.0.2.66");
  BOOST_TEST(second.size() == 32U);
  BOOST_TEST(audit->count(CoreEvent::kNewDevice) == 1U);
  const auto shown = mine(user).new_devices;
  BOOST_REQUIRE(shown.size() == 1U);
  BOOST_TEST((shown[0].peer.view() == "192.0.2.66"));
  ipc::GetDashboard dashboard;
  dashboard.token = user.session();
  BOOST_TEST(ask(user.peer, std::move(dashboard))->new_devices.size() == 1U);

  // Of a browser that two people share, neither hears again and again.
  ipc::DeviceToken shared;
  again(auditor, *ipc::DeviceToken::from(first.read(base::secret_access())), &shared);
  BOOST_TEST(shared.empty());
  again(auditor, *ipc::DeviceToken::from(first.read(base::secret_access())), &shared);
  BOOST_TEST(audit->count(CoreEvent::kNewDevice) == 1U);

  // Known over a restart.
  start();
  user = again(responsible, std::move(second), &none);
  BOOST_TEST(none.empty());
  BOOST_TEST(mine(user).new_devices.size() == 1U);
  ipc::ConfirmDevices confirm;
  confirm.auth = user.auth();
  BOOST_TEST(ask(user.peer, std::move(confirm)).has_value());
  BOOST_TEST(mine(user).new_devices.empty());
  BOOST_TEST(audit->count(CoreEvent::kDevicesConfirmed) == 1U);
}

BOOST_AUTO_TEST_CASE(a_recovery_code_signs_in_once_and_to_little) {
  sign_in(responsible);
  const auto codes = recovery_codes(responsible);
  BOOST_REQUIRE(codes.size() == 10U);
  BOOST_TEST(mine(responsible).recovery_codes_left == 10U);
  const std::string typed =
      codes[3].substr(0, 4) + "-" + codes[3].substr(4, 4) + " " + codes[3].substr(8);
  User lost = copy(responsible);
  auto reply = try_sign_in(lost, password(), secret<32>(typed));
  BOOST_REQUIRE(reply.has_value());
  lost.token = std::move(reply->token);
  lost.csrf = std::move(reply->csrf);
  BOOST_TEST(mine(lost).recovery_codes_left == 9U);
  BOOST_TEST((audit->last(CoreEvent::kRecoveryCodeUsed)->count == 9U));
  BOOST_TEST(
      failed(try_sign_in(lost, password(), secret<32>(codes[3])), Code::kDenied, "credentials"));
  // Somebody else's, a wrong password with a right one, and a shorter one are no sign-in.
  BOOST_TEST(
      failed(try_sign_in(auditor, password(), secret<32>(codes[4])), Code::kDenied, "credentials"));
  BOOST_TEST(failed(try_sign_in(lost, secret<256>("not the password at all"), secret<32>(codes[4])),
                    Code::kDenied, "credentials"));
  BOOST_TEST(failed(try_sign_in(lost, password(), secret<32>(codes[4].substr(1))), Code::kDenied,
                    "credentials"));

  ipc::DisableAccount disable;
  disable.auth = lost.auth();
  disable.account = id_of(auditor);
  BOOST_TEST(failed(ask(lost.peer, std::move(disable)), Code::kDenied, "assurance"));
  // Nor does a recovery code re-authenticate for what is not one's own factors; it is not spent.
  const auto proposed = propose_account(responsible, "kansa2", "検証 第二", base::Role::kAuditor);
  BOOST_REQUIRE(proposed.has_value());
  auto step = step_up(responsible, StepUpAct::kExecuteProposal);
  step.proposal = proposed->proposal;
  step.code = secret<32>(codes[5]);
  BOOST_TEST(failed(ask(responsible.peer, std::move(step)), Code::kDenied, "assurance"));
  BOOST_TEST(mine(responsible).recovery_codes_left == 9U);

  // The way out: a new app, with a second code for the re-authentication.
  auto repair = step_up(responsible, StepUpAct::kReplaceAuthenticator);
  repair.auth = lost.auth();
  repair.code = secret<32>(codes[5]);
  auto opened = ask(lost.peer, std::move(repair));
  BOOST_REQUIRE(opened.has_value());
  ipc::BeginAuthenticator begin_app;
  begin_app.auth = lost.auth();
  begin_app.grant = opened->grant;
  auto begun = ask(lost.peer, std::move(begin_app));
  BOOST_REQUIRE(begun.has_value());
  const User old = copy(responsible);
  lost.totp = std::move(begun->totp_secret);
  ipc::FinishAuthenticator wrong;
  wrong.auth = lost.auth();
  wrong.code = code(old);
  BOOST_TEST(failed(ask(lost.peer, std::move(wrong)), Code::kInvalid, "code"));
  ipc::FinishAuthenticator finish;
  finish.auth = lost.auth();
  finish.code = code(lost);
  BOOST_TEST(ask(lost.peer, std::move(finish)).has_value());
  BOOST_TEST(!alive(responsible));  // signed in with the app that is lost
  BOOST_TEST(failed(try_sign_in(responsible, password(), code(old)), Code::kDenied, "credentials"));
  BOOST_TEST(try_sign_in(lost, password(), code(lost)).has_value());
  ipc::FinishAuthenticator twice;
  twice.auth = lost.auth();
  twice.code = code(lost);
  BOOST_TEST(failed(ask(lost.peer, std::move(twice)), Code::kExpired, "secret"));
}

BOOST_AUTO_TEST_CASE(new_recovery_codes_end_the_old_ones) {
  sign_in(auditor);
  const auto old = recovery_codes(auditor);
  const auto fresh = recovery_codes(auditor);
  User lost = copy(auditor);
  BOOST_TEST(
      failed(try_sign_in(lost, password(), secret<32>(old[0])), Code::kDenied, "credentials"));
  start();  // and they last
  BOOST_TEST(try_sign_in(lost, password(), secret<32>(fresh[0])).has_value());
}

BOOST_AUTO_TEST_CASE(a_changed_password_is_the_only_one_and_ends_other_sessions) {
  sign_in(responsible);
  const User second = again(responsible, {});
  const auto change = [this](std::string_view text) {
    ipc::ChangePassword request;
    request.auth = responsible.auth();
    request.grant = grant(responsible, StepUpAct::kChangePassword);
    request.password = secret<256>(text);
    return ask(responsible.peer, std::move(request));
  };
  BOOST_TEST(failed(change("short"), Code::kDenied, "password_short"));
  BOOST_TEST(failed(change("passwordpassword"), Code::kDenied, "password_common"));
  BOOST_TEST(alive(second));
  BOOST_TEST(change("quite another long sentence").has_value());
  BOOST_TEST(!alive(second));
  BOOST_TEST(alive(responsible));
  BOOST_TEST(audit->count(CoreEvent::kPasswordChanged) == 1U);
  BOOST_TEST(failed(try_sign_in(responsible, password(), code(responsible)), Code::kDenied,
                    "credentials"));
  BOOST_TEST(try_sign_in(responsible, secret<256>("quite another long sentence"), code(responsible))
                 .has_value());
}

BOOST_AUTO_TEST_CASE(a_grant_of_another_act_changes_no_factor) {
  sign_in(responsible);
  ipc::ChangePassword request;
  request.auth = responsible.auth();
  request.grant = grant(responsible, StepUpAct::kMakeRecoveryCodes);
  request.password = secret<256>("quite another long sentence");
  BOOST_TEST(failed(ask(responsible.peer, std::move(request)), Code::kStepUp, "grant"));
  ipc::MakeRecoveryCodes none;
  none.auth = responsible.auth();
  BOOST_TEST(failed(ask(responsible.peer, std::move(none)), Code::kStepUp, "grant"));
}

BOOST_AUTO_TEST_CASE(a_passkey_signs_in_and_every_part_of_it_counts) {
  sign_in(responsible);
  Authenticator device;
  BOOST_TEST(add_passkey(responsible, device, challenge(responsible)).has_value());
  BOOST_TEST(audit->count(CoreEvent::kPasskeyAdded) == 1U);
  BOOST_TEST(mine(responsible).passkeys.size() == 1U);

  auto first = begin(responsible);
  auto made = assertion(responsible, device, first);
  const auto replay = made;
  const auto reply = sign_in_with(responsible, std::move(made));
  BOOST_REQUIRE(reply.has_value());
  BOOST_TEST((reply->role == base::Role::kResponsible));
  // The same answer again: its challenge is spent.
  BOOST_TEST(failed(sign_in_with(responsible, replay), Code::kDenied, "passkey"));
  // A challenge that nobody was given.
  BOOST_TEST(failed(sign_in_with(responsible, assertion(responsible, device, random.bytes<32>())),
                    Code::kDenied, "passkey"));
  // From another address than the one that asked for it.
  User elsewhere = copy(responsible);
  elsewhere.peer = peer_at("192.0.2.99");
  BOOST_TEST(failed(sign_in_with(elsewhere, assertion(responsible, device, begin(responsible))),
                    Code::kDenied, "passkey"));
  // Too late.
  const auto late = begin(responsible);
  clock.advance(core::Challenges::kLifeMs);
  BOOST_TEST(failed(sign_in_with(responsible, assertion(responsible, device, late)), Code::kDenied,
                    "passkey"));
  // As somebody else.
  BOOST_TEST(failed(sign_in_with(responsible, assertion(auditor, device, begin(responsible))),
                    Code::kDenied, "passkey"));
  // A copy of the authenticator from before the first sign-in.
  device.counter = 1;
  BOOST_TEST(failed(sign_in_with(responsible, assertion(responsible, device, begin(responsible))),
                    Code::kDenied, "passkey"));
  BOOST_TEST(
      (audit->last(CoreEvent::kSignInFailed)->error == base::Error{Code::kDenied, "counter"}));
  device.counter += 10;
  start();  // and passkeys last
  BOOST_TEST(
      sign_in_with(responsible, assertion(responsible, device, begin(responsible))).has_value());
}

BOOST_AUTO_TEST_CASE(a_passkey_re_authenticates_for_one_act_with_the_sessions_own_challenge) {
  sign_in(responsible);
  Authenticator device;
  BOOST_TEST(add_passkey(responsible, device, challenge(responsible)).has_value());
  const auto with = [&](ipc::PasskeyAssertion made) {
    ipc::StepUp request;
    request.auth = responsible.auth();
    request.act = StepUpAct::kMakeRecoveryCodes;
    request.assertion = std::move(made);
    return ask(responsible.peer, std::move(request));
  };
  auto made = assertion(responsible, device, challenge(responsible));
  const auto replay = made;
  const auto opened = with(std::move(made));
  BOOST_REQUIRE(opened.has_value());
  ipc::MakeRecoveryCodes codes;
  codes.auth = responsible.auth();
  codes.grant = opened->grant;
  BOOST_TEST(ask(responsible.peer, std::move(codes)).has_value());
  BOOST_TEST(failed(with(replay), Code::kDenied, "passkey"));
  // A challenge of a sign-in page is none of this session's; nor is another session's.
  BOOST_TEST(
      failed(with(assertion(responsible, device, begin(responsible))), Code::kDenied, "passkey"));
  sign_in(auditor);
  BOOST_TEST(
      failed(with(assertion(responsible, device, challenge(auditor))), Code::kDenied, "passkey"));
  BOOST_TEST(with(assertion(responsible, device, challenge(responsible))).has_value());

  // Another person's passkey says nothing about this one.
  Authenticator foreign;
  foreign.credential = webauthn::testing::Octets(16, 9);
  BOOST_TEST(add_passkey(auditor, foreign, challenge(auditor)).has_value());
  BOOST_TEST(
      failed(with(assertion(auditor, foreign, challenge(responsible))), Code::kDenied, "passkey"));
}

BOOST_AUTO_TEST_CASE(a_passkey_is_added_once_with_a_fresh_challenge_and_removed_for_good) {
  sign_in(responsible);
  sign_in(auditor);
  Authenticator device;
  const auto used = challenge(responsible);
  BOOST_TEST(failed(add_passkey(responsible, device, random.bytes<32>()), Code::kUsed, "passkey"));
  BOOST_TEST(failed(add_passkey(responsible, device, used), Code::kUsed, "passkey"));
  Authenticator unverified;
  unverified.flags = webauthn::kUserPresent;
  BOOST_TEST(failed(add_passkey(responsible, unverified, challenge(responsible)), Code::kDenied,
                    "passkey"));
  BOOST_TEST(add_passkey(responsible, device, challenge(responsible)).has_value());
  BOOST_TEST(failed(add_passkey(auditor, device, challenge(auditor)), Code::kDuplicate, "passkey"));

  const auto id = mine(responsible).passkeys[0].id;
  auto step = step_up(responsible, StepUpAct::kRemovePasskey);
  step.passkey = id;
  const auto opened = ask(responsible.peer, std::move(step));
  BOOST_REQUIRE(opened.has_value());
  ipc::RemovePasskey other;
  other.auth = responsible.auth();
  other.grant = opened->grant;
  other.passkey = {id.value + 1};  // the grant names another one
  BOOST_TEST(failed(ask(responsible.peer, std::move(other)), Code::kStepUp, "grant"));
  ipc::RemovePasskey remove;
  remove.auth = responsible.auth();
  remove.grant = opened->grant;
  remove.passkey = id;
  BOOST_TEST(ask(responsible.peer, std::move(remove)).has_value());
  BOOST_TEST(mine(responsible).passkeys.empty());
  BOOST_TEST(failed(sign_in_with(responsible, assertion(responsible, device, begin(responsible))),
                    Code::kDenied, "passkey"));
}

BOOST_AUTO_TEST_CASE(challenges_are_bounded_and_one_address_cannot_push_out_anothers) {
  core::Challenges challenges;
  const auto one = *base::IpAddress::parse("192.0.2.1");
  const auto two = *base::IpAddress::parse("192.0.2.2");
  base::MonoTime now{1000};
  const auto kept = challenges.make(random, one, now);
  for (std::size_t i = 0; i < 5000; ++i) {
    ++now.ms;
    challenges.make(random, two, now);
  }
  BOOST_TEST(challenges.size() == 1 + core::Challenges::kPerAddressMax);
  BOOST_TEST(!challenges.take(kept, two, now));
  BOOST_TEST(challenges.take(kept, one, now));
  BOOST_TEST(!challenges.take(kept, one, now));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
