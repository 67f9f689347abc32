#include "audit/process/grants.h"

#include <boost/test/unit_test.hpp>

#include "tests/unit/audit_process/fakes.h"

namespace {

using audit::process::Grants;
using base::AccountId;
using base::Code;
using base::Form;
using base::GrantId;
using base::PersonId;
using base::Purpose;
using base::SessionId;
using base::StepUpAct;
using tests::actor;
using tests::FakeClock;
using tests::place;

struct Fixture {
  FakeClock clock;
  std::uint64_t next = 100;
  Grants grants{clock, [this]() -> base::Result<std::uint64_t> { return next++; }};

  ipc::OpenGrant request(std::initializer_list<std::uint64_t> people) const {
    ipc::OpenGrant out;
    out.actor = actor();
    out.form = Form::kWithholdingSlip;
    out.period = base::Text<16>::literal("2026");
    for (const auto id : people) BOOST_REQUIRE(out.people.push(PersonId{id}).has_value());
    return out;
  }
  Code refusal(GrantId id, const ipc::Actor& who, const ipc::NumberPlace& what) {
    const auto answer = grants.check_reveal(id, who, what);
    BOOST_REQUIRE(!answer.has_value());
    return answer.error().code;
  }
};

BOOST_FIXTURE_TEST_SUITE(grants, Fixture)

BOOST_AUTO_TEST_CASE(each_person_is_revealed_once) {
  const auto id = grants.open(request({7, 5})).value();
  for (const std::uint64_t person : {5U, 7U}) {
    const auto reason = grants.check_reveal(id, actor(), place(person));
    BOOST_REQUIRE(reason.has_value());
    BOOST_TEST((reason->form == Form::kWithholdingSlip));
    BOOST_TEST(reason->period.view() == "2026");
    grants.spend(id, PersonId{person});
    BOOST_TEST((refusal(id, actor(), place(person)) == Code::kUsed));
  }
}

BOOST_AUTO_TEST_CASE(only_the_actor_it_was_opened_for) {
  const auto id = grants.open(request({5})).value();
  auto other = actor();
  other.session = SessionId{99};
  BOOST_TEST((refusal(id, other, place(5)) == Code::kDenied));
  other = actor();
  other.account = AccountId{99};
  BOOST_TEST((refusal(id, other, place(5)) == Code::kDenied));
  other = actor();
  other.zone = base::Zone::kCollection;
  BOOST_TEST((refusal(id, other, place(5)) == Code::kDenied));
  other = actor();
  other.peer = base::Text<45>::literal("192.0.2.9");
  BOOST_TEST((refusal(id, other, place(5)) == Code::kDenied));
  other = actor();
  other.role = base::Role::kResponsible;
  BOOST_TEST((refusal(id, other, place(5)) == Code::kDenied));
  BOOST_TEST(grants.check_reveal(id, actor(), place(5)).has_value());
}

BOOST_AUTO_TEST_CASE(only_its_people_and_its_purpose) {
  const auto id = grants.open(request({5})).value();
  BOOST_TEST((refusal(id, actor(), place(6)) == Code::kDenied));
  for (const auto purpose : {Purpose::kIntake, Purpose::kSocialInsurance,
                             Purpose::kEmploymentInsurance, Purpose::kPaymentRecord}) {
    BOOST_TEST((refusal(id, actor(), place(5, purpose)) == Code::kDenied));
  }
  BOOST_TEST((refusal(GrantId{12345}, actor(), place(5)) == Code::kDenied));
  BOOST_TEST((refusal(GrantId{}, actor(), place(5)) == Code::kDenied));
}

BOOST_AUTO_TEST_CASE(no_form_opens_the_intake_shelf) {
  for (int form = 0; form <= static_cast<int>(Form::kLast); ++form) {
    auto open = request({5});
    open.form = static_cast<Form>(form);
    open.actor.session = SessionId{1000 + static_cast<std::uint64_t>(form)};
    const auto id = grants.open(open).value();
    BOOST_TEST((refusal(id, open.actor, place(5, Purpose::kIntake)) == Code::kDenied));
  }
}

BOOST_AUTO_TEST_CASE(it_ends_after_120_seconds_whatever_the_wall_clock_says) {
  const auto id = grants.open(request({5})).value();
  clock.wall_ms -= 3'600'000;
  clock.mono_ms += 119'999;
  BOOST_TEST(grants.check_reveal(id, actor(), place(5)).has_value());
  clock.mono_ms += 1;
  BOOST_TEST((refusal(id, actor(), place(5)) == Code::kExpired));
}

BOOST_AUTO_TEST_CASE(other_acts_are_used_once_and_only_for_their_subject) {
  auto open = request({});
  open.act = StepUpAct::kApproveDisposal;
  open.ref = 42;
  const auto id = grants.open(open).value();
  BOOST_TEST((refusal(id, actor(), place(5)) == Code::kDenied));
  ipc::UseGrant use{actor(), id, StepUpAct::kApproveDisposal, 43};
  BOOST_TEST((grants.use(use).error().code == Code::kDenied));
  use.ref = 42;
  use.act = StepUpAct::kExecuteProposal;
  BOOST_TEST((grants.use(use).error().code == Code::kDenied));
  use.act = StepUpAct::kApproveDisposal;
  use.actor.session = SessionId{99};
  BOOST_TEST((grants.use(use).error().code == Code::kDenied));
  use.actor = actor();
  BOOST_TEST(grants.use(use).has_value());
  BOOST_TEST((grants.use(use).error().code == Code::kUsed));
}

BOOST_AUTO_TEST_CASE(a_reveal_grant_is_for_nothing_else) {
  const auto id = grants.open(request({5})).value();
  BOOST_TEST((grants.use({actor(), id, StepUpAct::kReveal, 0}).error().code == Code::kDenied));
  BOOST_TEST(
      (grants.use({actor(), id, StepUpAct::kExecuteProposal, 0}).error().code == Code::kDenied));
}

BOOST_AUTO_TEST_CASE(what_says_too_little_is_refused) {
  BOOST_TEST((grants.open(request({})).error() == base::Error{Code::kInvalid, "people"}));
  BOOST_TEST((grants.open(request({5, 6, 5})).error() == base::Error{Code::kInvalid, "people"}));
  BOOST_TEST((grants.open(request({0})).error() == base::Error{Code::kInvalid, "people"}));
  auto open = request({5});
  open.period = {};
  BOOST_TEST((grants.open(open).error() == base::Error{Code::kInvalid, "period"}));
  open = request({5});
  open.actor.account = {};
  BOOST_TEST((grants.open(open).error() == base::Error{Code::kInvalid, "account"}));
  open = request({5});
  open.actor.session = {};
  BOOST_TEST((grants.open(open).error() == base::Error{Code::kInvalid, "session"}));
}

BOOST_AUTO_TEST_CASE(live_grants_are_bounded_by_session_and_in_all) {
  for (std::size_t i = 0; i < Grants::kPerSessionMax; ++i) {
    BOOST_TEST(grants.open(request({5})).has_value());
  }
  BOOST_TEST((grants.open(request({5})).error().code == Code::kTooMany));
  auto open = request({5});
  for (std::size_t i = Grants::kPerSessionMax; i < Grants::kMax; ++i) {
    open.actor.session = SessionId{1000 + i};
    BOOST_TEST(grants.open(open).has_value());
  }
  open.actor.session = SessionId{7};
  BOOST_TEST((grants.open(open).error().code == Code::kTooMany));
  clock.mono_ms += 120'000;
  BOOST_TEST(grants.open(open).has_value());
  BOOST_TEST(grants.size() == 1U);
}

BOOST_AUTO_TEST_CASE(without_randomness_there_is_no_grant) {
  Grants poor(clock,
              []() -> base::Result<std::uint64_t> { return base::fail(Code::kIo, "random"); });
  BOOST_TEST((poor.open(request({5})).error().code == Code::kIo));
  next = 0;
  BOOST_TEST(!grants.open(request({5})).has_value());
  BOOST_TEST(grants.open(request({5})).value().value == 1U);
  next = 1;
  BOOST_TEST(!grants.open(request({5})).has_value());
  BOOST_TEST(audit::process::system_random().value() != audit::process::system_random().value());
}

BOOST_AUTO_TEST_CASE(clear_ends_all) {
  const auto id = grants.open(request({5})).value();
  grants.clear();
  BOOST_TEST((refusal(id, actor(), place(5)) == Code::kDenied));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
