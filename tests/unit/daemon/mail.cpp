// Mail over the whole core: what is put into the outbox, who takes it, and what codes and keys that
// travel by mail open.
#include "daemon/mail.h"

#include "tests/unit/daemon/world.h"

namespace {

using base::Code;
using base::CoreEvent;
using base::StepUpAct;

template <class T>
bool failed(const base::Result<T>& result, Code code, base::FieldName field) {
  return !result && result.error().code == code && result.error().field == field;
}
template <std::size_t N>
base::Secret<N> secret(std::string_view text) {
  return *base::Secret<N>::from(base::as_bytes(text));
}

constexpr std::string_view kNew = "another long and odd test password";

struct WithRelay : core::testing::World {
  WithRelay() {
    config.relay = config::Endpoint{*base::IpAddress::parse("192.0.2.25"), 465};
    config.mail_from = "kagikura@mail.example";
    provision();
    sign_in(auditor);
  }

  std::shared_ptr<core::Peer> mailer() {
    auto peer = console();
    peer->role = base::Role::kMailer;
    return peer;
  }
  ipc::TakeMail::Reply take() {
    auto reply = ask(mailer(), ipc::TakeMail{});
    BOOST_REQUIRE(reply.has_value());
    return *std::move(reply);
  }
  base::Result<ipc::Done> report(ipc::MailId id, ipc::MailOutcome outcome) {
    return ask(mailer(), ipc::ReportMail{id, outcome});
  }
  // Takes the next mail, which must be this one, and says that it was sent.
  std::string sent(std::string_view subject) {
    const auto mail = take();
    BOOST_REQUIRE(mail.id.valid());
    BOOST_TEST(mail.subject.view().contains(subject), mail.subject.view());
    BOOST_REQUIRE(report(mail.id, ipc::MailOutcome::kSent).has_value());
    return std::string(base::as_text(mail.text.read(base::secret_access())));
  }
  static std::string secret_of(const std::string& text) {
    const auto at = text.find("\n  ");
    BOOST_REQUIRE(at != std::string::npos);
    return text.substr(at + 3, text.find('\n', at + 3) - at - 3);
  }
  base::GrantId grant(const User& user, StepUpAct act) {
    auto opened = ask(user.peer, step_up(user, act));
    BOOST_REQUIRE(opened.has_value());
    return opened->grant;
  }
  base::Result<ipc::Done> set_mail(const User& user, std::string_view address, bool codes) {
    ipc::SetMail request;
    request.auth = user.auth();
    request.grant = grant(user, StepUpAct::kSetMail);
    request.mail = ipc::MailAddress::literal(address);
    request.codes = codes;
    return ask(user.peer, std::move(request));
  }
  base::Result<ipc::Done> confirm(const User& user, std::string_view code) {
    ipc::ConfirmMail request;
    request.auth = user.auth();
    request.code = secret<32>(code);
    return ask(user.peer, std::move(request));
  }
  void give_address(const User& user, bool codes = true) {
    BOOST_REQUIRE(set_mail(user, "kansa@example.jp", codes).has_value());
    BOOST_REQUIRE(confirm(user, secret_of(sent("Confirm"))).has_value());
  }
  base::Result<ipc::SignedIn> try_sign_in(const User& user, ipc::OneTimeCode code,
                                          std::string_view word = "") {
    ipc::SignIn request;
    request.login = ipc::LoginName::literal(user.login);
    request.password = word.empty() ? password() : secret<256>(word);
    request.code = std::move(code);
    return ask(user.peer, std::move(request));
  }
  base::Result<ipc::Done> ask_for_code(std::string_view login, std::string_view word = "") {
    ipc::RequestMailCode request;
    request.login = ipc::LoginName::literal(login);
    request.password = word.empty() ? password() : secret<256>(word);
    return ask(auditor.peer, std::move(request));
  }
  base::Result<ipc::Done> remind(std::string_view login) {
    return ask(auditor.peer, ipc::RequestReminder{ipc::LoginName::literal(login)});
  }
  base::Result<ipc::Done> reset(std::string_view login, std::string_view key,
                                ipc::OneTimeCode code) {
    ipc::ResetPassword request;
    request.login = ipc::LoginName::literal(login);
    request.key = secret<32>(key);
    request.code = std::move(code);
    request.password = secret<256>(kNew);
    return ask(auditor.peer, std::move(request));
  }
};

BOOST_FIXTURE_TEST_SUITE(mail, WithRelay)

BOOST_AUTO_TEST_CASE(an_address_is_the_owners_once_its_code_has_come_back) {
  BOOST_TEST(failed(set_mail(auditor, "no address", false), Code::kInvalid, "mail"));
  BOOST_REQUIRE(set_mail(auditor, "kansa@example.jp", true).has_value());
  const auto mail = take();
  BOOST_TEST((mail.to.view() == "kansa@example.jp"));
  BOOST_TEST(!take().id.valid());  // it is taken
  const std::string code =
      secret_of(std::string(base::as_text(mail.text.read(base::secret_access()))));
  BOOST_TEST(code.size() == 8U);
  BOOST_TEST(core->reg().keyring(core->reg().account_by_login("kansa")->id).mail.empty());
  const std::string wrong = code == "00000000" ? "00000001" : "00000000";
  for (int i = 0; i < 4; ++i) {
    BOOST_TEST(failed(confirm(auditor, wrong), Code::kInvalid, "mail_code"));
  }
  BOOST_TEST(failed(confirm(responsible, code), Code::kDenied, "session"));
  BOOST_REQUIRE(confirm(auditor, code).has_value());
  BOOST_TEST(audit->count(CoreEvent::kMailAddressChanged) == 1U);
  BOOST_TEST(failed(confirm(auditor, code), Code::kExpired, "mail_code"));
  // Another address: the old one is told. None: it is gone, and the old one is told.
  BOOST_REQUIRE(report(mail.id, ipc::MailOutcome::kSent).has_value());
  BOOST_REQUIRE(set_mail(auditor, "other@example.jp", false).has_value());
  BOOST_REQUIRE(confirm(auditor, secret_of(sent("Confirm"))).has_value());
  const auto told = take();
  BOOST_TEST((told.to.view() == "kansa@example.jp"));
  BOOST_REQUIRE(report(told.id, ipc::MailOutcome::kSent).has_value());
  BOOST_REQUIRE(set_mail(auditor, "", false).has_value());
  BOOST_TEST((take().to.view() == "other@example.jp"));
  BOOST_TEST(core->reg().keyring(core->reg().account_by_login("kansa")->id).mail.empty());
}

BOOST_AUTO_TEST_CASE(five_wrong_codes_or_ten_minutes_end_it) {
  BOOST_REQUIRE(set_mail(auditor, "kansa@example.jp", true).has_value());
  const std::string code = secret_of(sent("Confirm"));
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(failed(confirm(auditor, code == "12345678" ? "12345679" : "12345678"),
                      Code::kInvalid, "mail_code"));
  }
  BOOST_TEST(failed(confirm(auditor, code), Code::kExpired, "mail_code"));
  BOOST_REQUIRE(set_mail(auditor, "kansa@example.jp", true).has_value());
  const std::string late = secret_of(sent("Confirm"));
  clock.advance(10 * 60'000);
  BOOST_TEST(failed(confirm(auditor, late), Code::kExpired, "mail_code"));
}

BOOST_AUTO_TEST_CASE(without_a_relay_nothing_is_asked_of_it) {
  config.relay.reset();
  BOOST_TEST(failed(set_mail(auditor, "kansa@example.jp", true), Code::kState, "relay"));
  BOOST_TEST(remind("kansa").has_value());
  BOOST_TEST(core->reg().mails().empty());
}

BOOST_AUTO_TEST_CASE(what_was_not_sent_rests_and_is_given_up_at_last) {
  BOOST_REQUIRE(set_mail(auditor, "kansa@example.jp", true).has_value());
  const auto first = take();
  BOOST_REQUIRE(report(first.id, ipc::MailOutcome::kLater).has_value());
  BOOST_TEST(!take().id.valid());
  clock.advance(core::Outbox::kFirstRestMs);
  BOOST_TEST((take().id == first.id));
  // Who takes it and dies: it is free again.
  clock.advance(core::Outbox::kLeaseMs);
  BOOST_TEST((take().id == first.id));
  // A restart tries again at once.
  end();
  clock.advance(11 * 60'000);
  BOOST_TEST(audit->count(CoreEvent::kMailGivenUp) == 0U);
}

BOOST_AUTO_TEST_CASE(too_old_or_refused_for_good_it_is_given_up_and_the_log_says_so) {
  BOOST_REQUIRE(set_mail(auditor, "kansa@example.jp", true).has_value());
  clock.advance(10 * 60'000 + 1000);
  BOOST_TEST(!take().id.valid());
  BOOST_TEST(audit->count(CoreEvent::kMailGivenUp) == 1U);
  BOOST_TEST(core->reg().mails().empty());
  sign_in(auditor);
  BOOST_REQUIRE(set_mail(auditor, "kansa@example.jp", true).has_value());
  const auto next = take();
  BOOST_REQUIRE(report(next.id, ipc::MailOutcome::kRefused).has_value());
  BOOST_TEST(audit->count(CoreEvent::kMailGivenUp) == 2U);
  BOOST_TEST(failed(report(next.id, ipc::MailOutcome::kSent), Code::kNotFound, "mail"));
}

BOOST_AUTO_TEST_CASE(a_code_by_mail_opens_a_session_that_looks_and_no_more) {
  give_address(auditor);
  BOOST_REQUIRE(ask_for_code("kansa").has_value());
  const std::string code = secret_of(sent("sign-in code"));
  BOOST_REQUIRE(ask_for_code("kansa").has_value());  // not mailed twice within a minute
  BOOST_TEST(!take().id.valid());
  BOOST_TEST(failed(try_sign_in(auditor, secret<32>(code), kNew), Code::kDenied, "credentials"));
  auto opened = try_sign_in(auditor, secret<32>(code.substr(0, 4) + " " + code.substr(4)));
  BOOST_REQUIRE(opened.has_value());
  BOOST_TEST(failed(try_sign_in(auditor, secret<32>(code)), Code::kDenied, "credentials"));
  User low;
  low.login = "kansa";
  low.totp = *base::Secret<20>::from(auditor.totp.read(base::secret_access()));
  low.peer = auditor.peer;
  low.token = std::move(opened->token);
  low.csrf = std::move(opened->csrf);
  ipc::GetMyAccount mine;
  mine.token = low.session();
  const auto shown = ask(low.peer, std::move(mine));
  BOOST_TEST(std::ranges::any_of(shown->sessions, [](const auto& row) {
    return row.current && row.assurance == base::Assurance::kMail;
  }));
  ipc::ConfirmDevices confirm_devices;
  confirm_devices.auth = low.auth();
  BOOST_TEST(failed(ask(low.peer, std::move(confirm_devices)), Code::kDenied, "assurance"));
  ipc::BeginAuthenticator begin;
  begin.auth = low.auth();
  BOOST_TEST(failed(ask(low.peer, std::move(begin)), Code::kDenied, "assurance"));
}

BOOST_AUTO_TEST_CASE(who_has_not_chosen_codes_gets_none_and_nobody_learns_it) {
  give_address(auditor, /*codes=*/false);
  BOOST_TEST(ask_for_code("kansa").has_value());
  BOOST_TEST(ask_for_code("sekinin").has_value());
  BOOST_TEST(!take().id.valid());
  BOOST_TEST(failed(ask_for_code("kansa", kNew), Code::kDenied, "credentials"));
  BOOST_TEST(failed(ask_for_code("nobody", kNew), Code::kDenied, "credentials"));
}

BOOST_AUTO_TEST_CASE(asking_for_a_code_forgives_no_failure) {
  give_address(auditor);
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(!try_sign_in(auditor, secret<32>("000000"), kNew).has_value());
    BOOST_TEST(ask_for_code("kansa").has_value());
  }
  for (int i = 0; i < 5; ++i) BOOST_TEST(!try_sign_in(auditor, secret<32>("000000"), kNew));
  BOOST_TEST(failed(ask_for_code("kansa"), Code::kLocked, "account"));
}

BOOST_AUTO_TEST_CASE(a_forgotten_password_takes_the_mail_and_a_second_factor) {
  give_address(auditor);
  BOOST_TEST(remind("nobody").has_value());
  BOOST_TEST(remind("sekinin").has_value());  // has no address
  BOOST_TEST(!take().id.valid());
  BOOST_REQUIRE(remind("kansa").has_value());
  const std::string key = secret_of(sent("new password"));
  BOOST_TEST(failed(reset("kansa", key, secret<32>("000000")), Code::kDenied, "credentials"));
  BOOST_TEST(failed(reset("sekinin", key, code(responsible)), Code::kDenied, "credentials"));
  BOOST_TEST(failed(reset("nobody", key, code(auditor)), Code::kDenied, "credentials"));
  BOOST_TEST(failed(reset("kansa", "A" + key.substr(1, 30) + "A", code(auditor)), Code::kDenied,
                    "credentials"));
  BOOST_REQUIRE(reset("kansa", key, code(auditor)).has_value());
  BOOST_TEST(audit->count(CoreEvent::kPasswordChanged) == 1U);
  ipc::GetSession gone;
  gone.token = auditor.session();
  BOOST_TEST(!ask(auditor.peer, std::move(gone)).has_value());
  BOOST_TEST(!try_sign_in(auditor, code(auditor)).has_value());
  BOOST_TEST(try_sign_in(auditor, code(auditor), kNew).has_value());
  BOOST_TEST(failed(reset("kansa", key, code(auditor)), Code::kDenied, "credentials"));
}

BOOST_AUTO_TEST_CASE(a_key_lives_half_an_hour_and_a_name_is_reminded_three_times) {
  give_address(auditor);
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(remind("kansa").has_value());
    BOOST_TEST(remind("nobody").has_value());
  }
  std::string key;
  int mails = 0;
  for (auto mail = take(); mail.id.valid(); mail = take()) {
    key = secret_of(std::string(base::as_text(mail.text.read(base::secret_access()))));
    BOOST_REQUIRE(report(mail.id, ipc::MailOutcome::kSent).has_value());
    ++mails;
  }
  BOOST_TEST(mails == 3);
  clock.advance(30 * 60'000);
  BOOST_TEST(failed(reset("kansa", key, code(auditor)), Code::kDenied, "credentials"));
}

BOOST_AUTO_TEST_CASE(mail_is_for_its_program_alone) {
  BOOST_TEST(failed(ask(console(), ipc::TakeMail{}), Code::kDenied, "access"));
  BOOST_TEST(failed(ask(mailer(), ipc::GetStatus{}), Code::kDenied, "access"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
