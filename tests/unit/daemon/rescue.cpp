// Ways out that two people take at the console.
#include "tests/unit/daemon/world.h"

namespace {

using base::Code;
using base::CoreEvent;
using base::Role;

template <class T>
bool failed(const base::Result<T>& result, Code code, base::FieldName field) {
  return !result && result.error().code == code && result.error().field == field;
}

struct Staffed : core::testing::World {
  Staffed() {
    provision();
    sign_in(responsible);
    sign_in(rights_manager);
    handler = enrol("tanto", invited("tanto", "検証 担当", Role::kHandler));
  }
  ipc::Rescuer by(const User& user) {
    return {ipc::LoginName::literal(user.login), password(), code(user)};
  }
  ipc::RescueAccount rescue(const User& first, const User& second, std::string_view login) {
    ipc::RescueAccount request;
    request.pin = *base::Secret<64>::from(base::as_bytes(audit->pin));
    request.first = by(first);
    request.second = by(second);
    request.login = ipc::LoginName::literal(login);
    return request;
  }
  bool alive(const User& user) {
    ipc::GetSession request;
    request.token = user.session();
    return ask(user.peer, std::move(request)).has_value();
  }
};

BOOST_FIXTURE_TEST_SUITE(rescue, Staffed)

BOOST_AUTO_TEST_CASE(two_others_and_the_pin_give_an_account_new_factors) {
  auto done = ask(console(), rescue(auditor, handler, "sekinin"));
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(audit->count(CoreEvent::kRescueAgreed) == 2U);
  const auto entry = *audit->last(CoreEvent::kAccountRescued);
  BOOST_TEST(entry.login.view() == "sekinin");
  BOOST_TEST(entry.action.view() == "new_factors");
  // What opened it before opens it no more, and what was open is closed.
  BOOST_TEST(!alive(responsible));
  BOOST_TEST(failed(try_sign_in(responsible, password(), code(responsible)), Code::kDenied,
                    "credentials"));
  responsible = enrol("sekinin", std::move(done->enrolment_key));
  sign_in(responsible);
  BOOST_TEST(alive(responsible));
  BOOST_TEST((core->reg().account(account_of("sekinin"))->role == Role::kResponsible));
}

BOOST_AUTO_TEST_CASE(codes_that_a_wrong_clock_has_used_up_hold_nobody_up_afterwards) {
  clock.advance(std::int64_t{400} * 24 * 3'600'000);
  sign_in(responsible);
  clock.advance(-std::int64_t{400} * 24 * 3'600'000);
  BOOST_TEST(!try_sign_in(responsible, password(), code(responsible)).has_value());
  auto done = ask(console(), rescue(auditor, handler, "sekinin"));
  BOOST_REQUIRE(done.has_value());
  responsible = enrol("sekinin", std::move(done->enrolment_key));
  sign_in(responsible);
  BOOST_TEST(alive(responsible));
}

BOOST_AUTO_TEST_CASE(one_person_is_not_two_and_nobody_rescues_himself) {
  const auto denied = [this](const User& first, const User& second, std::string_view login) {
    const auto before = audit->count(CoreEvent::kAccessDenied);
    const auto done = ask(console(), rescue(first, second, login));
    BOOST_TEST(audit->count(CoreEvent::kAccessDenied) == before + 1);
    return !done && done.error().code == Code::kDenied &&
           (done.error().field == "self" || done.error().field == "approval");
  };
  BOOST_TEST(denied(auditor, auditor, "sekinin"));
  BOOST_TEST(denied(auditor, responsible, "sekinin"));
  BOOST_TEST(denied(responsible, auditor, "sekinin"));
  User second = enrol("tanto2", invited("tanto2", "検証　担当", Role::kHandler));
  BOOST_TEST(denied(handler, second, "sekinin"));
  second.login = "nobody";
  BOOST_TEST(denied(auditor, second, "sekinin"));
  BOOST_TEST(audit->count(CoreEvent::kAccountRescued) == 0U);
}

BOOST_AUTO_TEST_CASE(both_factors_of_both_and_the_pin_are_needed) {
  auto wrong = rescue(auditor, handler, "sekinin");
  wrong.second.code = *ipc::OneTimeCode::from(base::as_bytes("000000"));
  BOOST_TEST(failed(ask(console(), std::move(wrong)), Code::kDenied, "credentials"));
  BOOST_TEST(audit->count(CoreEvent::kRescueFailed) == 1U);
  wrong = rescue(auditor, handler, "sekinin");
  wrong.pin = *base::Secret<64>::from(base::as_bytes("000000"));
  BOOST_TEST(failed(ask(console(), std::move(wrong)), Code::kDenied, "pin"));
  BOOST_TEST(audit->count(CoreEvent::kAccountRescued) == 0U);
  BOOST_TEST(alive(responsible));
}

BOOST_AUTO_TEST_CASE(somebody_new_may_guard_rights_and_nothing_else) {
  const auto name = [this](std::string_view login, std::string_view who, Role role) {
    auto request = rescue(auditor, handler, login);
    request.name = ipc::Name::literal(who);
    request.role = role;
    return ask(console(), std::move(request));
  };
  BOOST_TEST(failed(name("shin", "検証 新任", Role::kHandler), Code::kInvalid, "role"));
  BOOST_TEST(failed(name("shin", "", Role::kResponsible), Code::kMissing, "name"));
  BOOST_TEST(failed(name("Shin!", "検証 新任", Role::kResponsible), Code::kInvalid, "login"));
  // Under another login, the auditor is still himself: neither as a rescuer nor in both roles.
  BOOST_TEST(!name("shin", "検証　監査", Role::kResponsible).has_value());
  auto done = name("shin", "検証 新任", Role::kResponsible);
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST((audit->last(CoreEvent::kAccountRescued)->action.view() == "new_guard"));
  User fresh = enrol("shin", std::move(done->enrolment_key));
  sign_in(fresh);
  BOOST_TEST(alive(fresh));
}

BOOST_AUTO_TEST_CASE(a_certificate_is_renewed_with_the_pin) {
  const auto before = core->certificate_fingerprint;
  ipc::RenewCertificate request;
  request.pin = *base::Secret<64>::from(base::as_bytes("000000"));
  BOOST_TEST(failed(ask(console(), std::move(request)), Code::kDenied, "pin"));
  BOOST_TEST((core->certificate_fingerprint == before));
  clock.advance(std::int64_t{731} * 24 * 3'600'000);
  ipc::RenewCertificate right;
  right.pin = *base::Secret<64>::from(base::as_bytes(audit->pin));
  const auto done = ask(console(), std::move(right));
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST((done->certificate_fingerprint != before));
  BOOST_TEST((core->certificate_fingerprint == done->certificate_fingerprint));
  BOOST_TEST(audit->count(CoreEvent::kCertificateRenewed) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
