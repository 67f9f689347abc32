// Sign-in, enrolment, step-up and what dispatch refuses, over the whole core.
#include "tests/unit/daemon/world.h"

namespace {

using base::Code;
using base::CoreEvent;
using base::StepUpAct;

struct Provisioned : core::testing::World {
  Provisioned() { provision(); }
};

template <class T>
bool failed(const base::Result<T>& result, Code code, base::FieldName field) {
  return !result && result.error().code == code && result.error().field == field;
}
ipc::Password wrong() { return *ipc::Password::from(base::as_bytes("some other long password")); }
ipc::OneTimeCode typed(std::string_view text) {
  return *ipc::OneTimeCode::from(base::as_bytes(text));
}

BOOST_FIXTURE_TEST_SUITE(sign_in_and_access, Provisioned)

BOOST_AUTO_TEST_CASE(set_up_makes_three_accounts_and_is_possible_once) {
  BOOST_TEST((core->state() == base::State::kOperational));
  BOOST_TEST(core->reg().accounts().size() == 3U);
  BOOST_TEST(audit->count(CoreEvent::kProvisioned) == 1U);
  BOOST_TEST(audit->count(CoreEvent::kEnrolled) == 3U);
  ipc::Provision again;
  BOOST_TEST(failed(ask(console(), std::move(again)), Code::kState, "appliance"));
  BOOST_TEST((audit->last(CoreEvent::kAccessDenied)->action.view() == "provision"));
}

BOOST_AUTO_TEST_CASE(a_session_answers_with_its_own_token_only) {
  sign_in(auditor);
  ipc::GetSession get;
  get.token = auditor.session();
  const auto session = ask(auditor.peer, std::move(get));
  BOOST_REQUIRE(session.has_value());
  BOOST_TEST((session->role == base::Role::kAuditor));
  ipc::GetSession other;
  other.token = random.secret<32>();
  BOOST_TEST(failed(ask(auditor.peer, std::move(other)), Code::kDenied, "session"));
}

BOOST_AUTO_TEST_CASE(a_code_is_accepted_once) {
  auto used = code(auditor);
  const auto text = std::string(base::as_text(used.read(base::secret_access())));
  BOOST_TEST(try_sign_in(auditor, password(), std::move(used)).has_value());
  BOOST_TEST(failed(try_sign_in(auditor, password(), typed(text)), Code::kDenied, "credentials"));
  const std::string spaced = text.substr(0, 3) + " " + text.substr(3);
  BOOST_TEST(failed(try_sign_in(auditor, password(), typed(spaced)), Code::kDenied, "credentials"));
  BOOST_TEST(audit->count(CoreEvent::kSignInFailed) == 2U);
}

// The six digits, those of `wide` in full width, with `blank` before, between and after.
std::string written(std::string_view digits, unsigned wide, std::string_view blank) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i % 3 == 0) out += blank;
    if ((wide >> i & 1U) == 0) {
      out += digits[i];
      continue;
    }
    out += "\xEF\xBC";
    out += static_cast<char>(0x90 + (digits[i] - '0'));
  }
  out += blank;
  return out;
}

BOOST_AUTO_TEST_CASE(a_used_code_is_used_however_it_is_written) {
  std::string text;
  // A code of this moment, used up; also begins the count of failures anew.
  const auto use_one = [&](unsigned wide, std::string_view blank) {
    clock.advance(std::int64_t{5} * 60'000);  // the address gets its failures back
    const auto fresh = code(auditor);
    text = base::as_text(fresh.read(base::secret_access()));
    BOOST_REQUIRE(try_sign_in(auditor, password(), typed(written(text, wide, blank))).has_value());
  };
  int variants = 0;
  const auto replay = [&](const auto& write) {
    if (variants++ % 8 == 0) use_one(0, "");
    const std::string variant = write(text);
    if (variant.size() > ipc::OneTimeCode::kMax) return;
    BOOST_TEST(
        failed(try_sign_in(auditor, password(), typed(variant)), Code::kDenied, "credentials"));
  };
  for (unsigned wide = 0; wide < 64; ++wide) {
    for (const std::string_view blank : {"", " ", "  ", "\u3000"}) {
      replay([&](const std::string& used) { return written(used, wide, blank); });
    }
  }
  use_one(21, " ");  // all these are ways to write a good code, too
  use_one(63, "");
  for (const std::string_view before : {"0", "00", "+", "-", "0x", "\t", "\xEF\xBC\x90"}) {
    replay([&](const std::string& used) { return std::string(before) + used; });
  }
  for (const std::string_view after : {"0", ".", "e0", "\n", "\xEF\xBC\x90"}) {
    replay([&](const std::string& used) { return used + std::string(after); });
  }
  BOOST_TEST(variants >= 50);
}

BOOST_AUTO_TEST_CASE(an_attacker_elsewhere_does_not_lock_the_owner_out) {
  config.zones.push_back({*base::Cidr::parse("203.0.113.0/24"), base::Zone::kHandling});
  start();
  const auto try_from = [this](std::string_view address, ipc::Password guess,
                               ipc::DeviceToken token = {}) {
    ipc::SignIn request;
    request.login = ipc::LoginName::literal("kansa");
    request.password = std::move(guess);
    request.code = code(auditor);
    request.device_token = std::move(token);
    return ask(peer_at(address), std::move(request));
  };
  auto first = try_from("192.0.2.10", password());
  BOOST_REQUIRE(first.has_value());
  for (std::uint32_t i = 0; i < core::kFailuresMax; ++i) {
    BOOST_TEST(failed(try_from("203.0.113.5", wrong()), Code::kDenied, "credentials"));
  }
  BOOST_TEST(failed(try_from("203.0.113.5", password()), Code::kLocked, "account"));
  BOOST_TEST(try_from("192.0.2.10", password()).has_value());
  // From the owner's own network only a known browser helps.
  for (std::uint32_t i = 0; i < core::kFailuresMax; ++i) {
    BOOST_TEST(failed(try_from("192.0.2.66", wrong()), Code::kDenied, "credentials"));
  }
  BOOST_TEST(failed(try_from("192.0.2.10", password()), Code::kLocked, "account"));
  start();  // which changes nothing of it
  BOOST_TEST(failed(try_from("192.0.2.10", password()), Code::kLocked, "account"));
  const auto known = [&] {
    return *ipc::DeviceToken::from(first->device_token.read(base::secret_access()));
  };
  BOOST_TEST(try_from("192.0.2.10", password(), known()).has_value());
  // A known browser has its own ten, and is of no use for another name.
  for (std::uint32_t i = 0; i < core::kFailuresMax; ++i) {
    BOOST_TEST(failed(try_from("192.0.2.10", wrong(), known()), Code::kDenied, "credentials"));
  }
  BOOST_TEST(failed(try_from("192.0.2.10", password(), known()), Code::kLocked, "account"));
}

BOOST_AUTO_TEST_CASE(unknown_names_and_wrong_passwords_read_the_same_and_lock_the_same) {
  sign_in(responsible);
  sign_in(rights_manager);
  auto nobody = enrol("kansa2", invited("kansa2", "検証 第二", base::Role::kAuditor));
  nobody.login = "nobody.at.all";
  for (std::uint32_t i = 0; i < core::kFailuresMax; ++i) {
    BOOST_TEST(failed(try_sign_in(auditor, wrong(), code(auditor)), Code::kDenied, "credentials"));
    BOOST_TEST(failed(try_sign_in(nobody, wrong(), code(nobody)), Code::kDenied, "credentials"));
  }
  // The right password does not help now, and case or blanks make no other name.
  BOOST_TEST(failed(try_sign_in(auditor, password(), code(auditor)), Code::kLocked, "account"));
  auditor.login = " KANSA ";
  BOOST_TEST(failed(try_sign_in(auditor, password(), code(auditor)), Code::kLocked, "account"));
  BOOST_TEST(failed(try_sign_in(nobody, wrong(), code(nobody)), Code::kLocked, "account"));
  // What was typed as a name that does not exist is nowhere in the log.
  for (const auto& entry : audit->log) BOOST_TEST((entry.login.view() != "nobody.at.all"));
  // The lock is durable.
  start();
  BOOST_REQUIRE((core->state() == base::State::kOperational));
  BOOST_TEST(failed(try_sign_in(auditor, password(), code(auditor)), Code::kLocked, "account"));
  clock.advance(std::int64_t{16} * 60'000);
  BOOST_TEST(try_sign_in(auditor, password(), code(auditor)).has_value());
}

BOOST_AUTO_TEST_CASE(failures_side_by_side_count_one_by_one_and_share_their_writes) {
  clock.advance(60'000);
  settle();  // the epoch after set-up
  constexpr std::size_t kTries = core::kFailuresMax + 4;
  const auto commits = kv.commits();
  const auto logged = audit->count(CoreEvent::kSignInFailed);
  std::vector<std::optional<base::Error>> answers(kTries);
  for (auto& answer : answers) {
    ipc::SignIn request;
    request.login = ipc::LoginName::literal(auditor.login);
    request.password = wrong();
    request.code = *ipc::OneTimeCode::from(base::as_bytes("000000"));
    base::spawn([](auto task, std::optional<base::Error>& out) -> base::Task<void> {
      const auto reply = co_await std::move(task);
      BOOST_TEST(!reply.has_value());
      out = reply.error();
    }(core::dispatch(*core, peer_at("192.0.2.10"), std::move(request)), answer));
  }
  turn_until([&] {
    return std::ranges::all_of(answers, [](const auto& one) { return one.has_value(); });
  });
  const auto wrongs = std::ranges::count(answers, base::Error{Code::kDenied, "credentials"});
  BOOST_TEST(wrongs == core::kFailuresMax);
  BOOST_TEST(std::ranges::count(answers, base::Error{Code::kLocked, "account"}) == 4);
  BOOST_TEST(audit->count(CoreEvent::kSignInFailed) - logged == kTries);
  BOOST_TEST(kv.commits() - commits < kTries / 2);
  // What was answered is durable.
  start();
  BOOST_TEST(failed(try_sign_in(auditor, password(), code(auditor)), Code::kLocked, "account"));
}

BOOST_AUTO_TEST_CASE(an_enrolment_key_works_once_and_a_day) {
  sign_in(responsible);
  sign_in(rights_manager);
  const auto invite = [this](std::string_view login, std::string_view name) {
    return invited(login, name, base::Role::kHandler);
  };
  auto key = invite("tanto", "検証 担当");
  auto again = *base::Secret<32>::from(key.read(base::secret_access()));
  handler = enrol("tanto", std::move(key));
  ipc::BeginEnrolment begin;
  begin.key = std::move(again);
  BOOST_TEST(failed(ask(handler.peer, std::move(begin)), Code::kNotFound, "key"));

  auto late = invite("osoi", "検証 遅刻");
  clock.advance(core::kEnrolmentMs);
  ipc::BeginEnrolment expired;
  expired.key = std::move(late);
  BOOST_TEST(failed(ask(handler.peer, std::move(expired)), Code::kExpired, "key"));
}

BOOST_AUTO_TEST_CASE(changes_need_the_proof_of_the_own_page) {
  sign_in(responsible);
  ipc::SignOut forged;
  forged.auth = responsible.auth();
  forged.auth.csrf = random.secret<32>();
  BOOST_TEST(failed(ask(responsible.peer, std::move(forged)), Code::kDenied, "csrf"));
  BOOST_TEST((audit->last(CoreEvent::kAccessDenied)->action.view() == "sign_out"));
  ipc::SignOut real;
  real.auth = responsible.auth();
  BOOST_TEST(ask(responsible.peer, std::move(real)).has_value());
  ipc::SignOut gone;
  gone.auth = responsible.auth();
  BOOST_TEST(failed(ask(responsible.peer, std::move(gone)), Code::kDenied, "session"));
}

BOOST_AUTO_TEST_CASE(zone_role_and_time_are_refused_and_logged) {
  sign_in(auditor);
  const auto list = [this](std::string_view address) {
    ipc::ListPeople request;
    request.token = auditor.session();
    return ask(peer_at(address), std::move(request));
  };
  BOOST_TEST(failed(list("192.0.2.10"), Code::kDenied, "access"));    // role
  BOOST_TEST(failed(list("198.51.100.1"), Code::kDenied, "access"));  // zone
  BOOST_TEST(failed(list("203.0.113.1"), Code::kDenied, "access"));   // nowhere
  BOOST_TEST(audit->count(CoreEvent::kAccessDenied) == 3U);
  clock.advance(std::int64_t{16} * 60'000);
  BOOST_TEST(failed(list("192.0.2.10"), Code::kExpired, "session"));
  settle();
  BOOST_TEST(audit->count(CoreEvent::kSessionExpired) == 1U);
}

BOOST_AUTO_TEST_CASE(acts_need_a_grant_for_exactly_that_act) {
  sign_in(auditor);
  sign_in(rights_manager);
  const auto take = [this](base::GrantId grant) {
    ipc::ExportLog request;
    request.auth = auditor.auth();
    request.grant = grant;
    return ask(auditor.peer, std::move(request));
  };
  BOOST_TEST(failed(take({}), Code::kStepUp, "grant"));
  const auto right = ask(auditor.peer, step_up(auditor, StepUpAct::kExportLog));
  BOOST_TEST(take(right->grant).has_value());
  BOOST_TEST(failed(take(right->grant), Code::kStepUp, "grant"));  // used
  const auto late = ask(auditor.peer, step_up(auditor, StepUpAct::kExportLog));
  clock.advance(std::int64_t{ipc::kGrantSeconds} * 1000);
  BOOST_TEST(failed(take(late->grant), Code::kStepUp, "grant"));
  // Nobody gets a grant for what his role may not do, nor for what does not exist.
  BOOST_TEST(failed(ask(rights_manager.peer, step_up(rights_manager, StepUpAct::kExportLog)),
                    Code::kDenied, "access"));
  BOOST_TEST(failed(ask(rights_manager.peer, step_up(rights_manager, StepUpAct::kApproveProposal)),
                    Code::kNotFound, "proposal"));
}

BOOST_AUTO_TEST_CASE(a_disabled_account_is_out_at_once) {
  sign_in(responsible);
  sign_in(auditor);
  ipc::DisableAccount disable;
  disable.auth = responsible.auth();
  disable.account = core->reg().account_by_login("kansa")->id;
  BOOST_TEST(ask(responsible.peer, std::move(disable)).has_value());
  ipc::GetSession get;
  get.token = auditor.session();
  BOOST_TEST(failed(ask(auditor.peer, std::move(get)), Code::kDenied, "session"));
  BOOST_TEST(failed(try_sign_in(auditor, password(), code(auditor)), Code::kDenied, "credentials"));
  ipc::DisableAccount self;
  self.auth = responsible.auth();
  self.account = core->reg().account_by_login("sekinin")->id;
  BOOST_TEST(failed(ask(responsible.peer, std::move(self)), Code::kDenied, "self"));
}

BOOST_AUTO_TEST_CASE(without_the_log_nothing_changes) {
  clock.advance(60'000);
  settle();  // the epoch after set-up
  audit->append_fails = base::Error{Code::kFull, "log"};
  const auto before = kv.commits();
  BOOST_TEST(!try_sign_in(auditor, password(), code(auditor)).has_value());
  settle();
  BOOST_TEST(kv.commits() == before);
  BOOST_TEST(core->sessions.live(core->mono()) == 0U);
}

BOOST_AUTO_TEST_CASE(a_connection_signs_one_handshake) {
  const auto peer = peer_at("192.0.2.10");
  BOOST_TEST(ask(peer, ipc::SignHandshake{}).has_value());
  BOOST_TEST(failed(ask(peer, ipc::SignHandshake{}), Code::kUsed, "signature"));
  BOOST_TEST((audit->last(CoreEvent::kAccessDenied)->action.view() == "sign_handshake"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
